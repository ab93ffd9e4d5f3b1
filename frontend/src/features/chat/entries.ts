import { useSyncExternalStore } from "react";
import type { AnswerOf, Automation, Run } from "@/lib/backend";

/** What the user asked for a schedule, and what was understood. It has no effect until it is confirmed. */
export interface Proposal { id: string; at: string; text: string; after: string; answer: AnswerOf<"Automations/Propose">; added?: Automation; dismissed?: boolean }

export type Entry = { kind: "run"; id: string; at: string; run: Run } | { kind: "proposal"; id: string; at: string; proposal: Proposal };

let proposals: Proposal[] = [];
const watchers = new Set<() => void>();

export function keepProposal(next: Proposal) {
  proposals = proposals.some((p) => p.id === next.id) ? proposals.map((p) => (p.id === next.id ? next : p)) : [...proposals, next];
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useProposals(): Proposal[] {
  return useSyncExternalStore(subscribe, () => proposals);
}

/** Requests and proposals in the order in which they were typed. */
export function entriesOf(runs: Run[], all: Proposal[]): Entry[] {
  const entries: Entry[] = runs.filter((r) => r.kind === "ask" && !r.parent).map((run) => ({ kind: "run", id: run.id, at: run.created, run }));
  for (const proposal of all) if (!proposal.dismissed) entries.push({ kind: "proposal", id: proposal.id, at: proposal.at, proposal });
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id.localeCompare(b.id));
}
