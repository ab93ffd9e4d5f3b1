import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { asError, type BackendError, type RequestOf } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useCall, useEvents } from "@/lib/hooks";
import { over } from "@/lib/format";

export interface Imported { imported: number; duplicates: number; left: number; damaged: number }

/** What an import counted, out of the output of its run. */
export function imported(output: unknown): Imported {
  const found = (typeof output === "object" && output !== null ? output : {}) as Record<string, unknown>;
  const count = (value: unknown) => (typeof value === "number" ? value : Array.isArray(value) ? value.length : 0);
  return { imported: count(found.imported), duplicates: count(found.duplicates), left: count(found.left), damaged: count(found.damaged) + count(found.more) };
}

/** Whether the files were read and there was no mail in them, such as in an empty one. */
export const isNothing = (i: Imported) => i.imported + i.duplicates + i.left + i.damaged === 0;

const look = 2_000; // how often the run is looked at, in case an event went missing

/** An import from its start to its result. It is a run like any other: closing the window does not stop it. */
export function useImport() {
  const { backend, live } = useServices();
  const [run, setRun] = useState("");
  const [read, setRead] = useState(0);
  const [failed, setFailed] = useState<BackendError>();
  const outcome = useCall("Runs/Outcome", run ? { id: run, show: false } : null);
  useEvents((e) => {
    if (e.run !== run || e.kind !== "progress") return;
    const count = /\d+/.exec(e.text ?? "")?.[0];
    if (count) setRead(Number(count));
  });
  const ended = outcome.data !== undefined && over(outcome.data);
  const peek = useEffectEvent(() => outcome.reload());
  useEffect(() => {
    if (!run || ended) return undefined;
    const timer = setInterval(() => peek(), look);
    return () => clearInterval(timer);
  }, [run, ended]);

  async function start(request: RequestOf<"Mail/Import">) {
    setFailed(undefined);
    setRead(0);
    try {
      setRun((await backend.call("Mail/Import", request)).id);
      live.refresh((m) => m === "Runs/List");
    } catch (problem) {
      setFailed(asError(problem));
    }
  }
  const broken = ended && outcome.data?.error ? asError(outcome.data.error) : undefined;
  const output = ended && outcome.data?.state === "done" ? outcome.data.output : undefined;
  const result = useMemo(() => (output === undefined ? undefined : imported(output)), [output]);
  return {
    start,
    read,
    busy: run !== "" && !ended && !failed,
    error: failed ?? broken,
    result,
  };
}
