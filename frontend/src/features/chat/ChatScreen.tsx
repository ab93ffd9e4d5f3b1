import { AssistantRuntimeProvider, type AppendMessage, ThreadPrimitive, type ThreadMessageLike, useExternalStoreRuntime } from "@assistant-ui/react";
import { Button, Skeleton, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { go, href, useRoute } from "@/lib/route";
import { ErrorNote } from "@/ui/Note";
import { AnswerPane } from "./AnswerPane";
import classes from "./Chat.module.css";
import { Composer } from "./Composer";
import { entriesOf, type Entry, keepProposal, useProposals } from "./entries";
import { ProposalCard } from "./ProposalCard";
import { RunCard } from "./RunCard";
import { Welcome } from "./Welcome";

const MailDrawer = lazy(() => import("@/ui/mail/MailDrawer"));

interface Line { id: string; role: "user" | "assistant"; text: string; entry: Entry }

/** Every request and its answer, in one column; the report of the chosen one beside it. */
export default function ChatScreen() {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const route = useRoute();
  const wide = useMediaQuery("(min-width: 1100px)", undefined, { getInitialValueInEffect: false });
  const [limit, setLimit] = useState(50);
  const known = useCall("Runs/List", { limit });
  const proposals = useProposals();
  const entries = useMemo(() => entriesOf(known.data?.runs ?? [], proposals), [known.data, proposals]);
  const runs = entries.flatMap((e) => (e.kind === "run" ? [e.run] : []));
  const chosen = runs.find((r) => r.id === route.id) ?? runs.at(-1);

  const send = useAction(async (text: string) => {
    const after = runs.findLast((r) => r.state === "done")?.id ?? "";
    const answer = await backend.call("Automations/Propose", { text, after_run: after });
    if (answer.understood) {
      keepProposal({ id: `proposal-${crypto.randomUUID()}`, at: new Date().toISOString(), text, after, answer });
      return;
    }
    await backend.call("Ask/Start", { text });
    live.refresh((m) => m === "Runs/List");
    go(href("chat"));
  });

  const lines = useMemo(() => entries.flatMap(linesOf), [entries]);
  const runtime = useExternalStoreRuntime<Line>({
    messages: lines,
    convertMessage: likeMessage,
    isRunning: false, // several requests may be under way; each card has its own stop
    isSendDisabled: send.busy,
    onNew: async (message) => {
      await send.run(typed(message));
    },
  });

  const openMail = (id: string) => go(href("chat", route.id, { mail: id }), true);
  const beside = wide && chosen?.state === "done" ? chosen.id : "";

  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <div className={classes.chat}>
        <h1 className="visually-hidden">{t("nav.chat")}</h1>
        <ThreadPrimitive.Root className={classes.thread ?? ""}>
          <ThreadPrimitive.Viewport className={classes.viewport ?? ""} tabIndex={0} role="log" aria-label={t("chat.log")}>
            <div className={classes.column}>
              {!known.data && known.error !== undefined && <ErrorNote error={known.error} onRetry={known.reload} />}
              {!known.data && !known.error && <Stack gap="lg" role="status" aria-label={t("loading")}><Skeleton height={40} width="40%" ml="auto" /><Skeleton height={150} /></Stack>}
              {known.data && entries.length === 0 && <Welcome />}
              {known.data?.runs.length === limit && <Button variant="subtle" size="compact-sm" mx="auto" onClick={() => setLimit(limit + 50)}>{t("chat.earlier")}</Button>}
              <ThreadPrimitive.Messages>
                {({ message }) => {
                  const line = lines.find((l) => l.id === message.id);
                  if (!line) return null;
                  if (line.role === "user") return <div className={classes.asked}><span className="visually-hidden">{t("chat.you")}: </span>{line.text}</div>;
                  if (line.entry.kind === "proposal") return <ProposalCard proposal={line.entry.proposal} />;
                  const { run } = line.entry;
                  const isChosen = run.id === chosen?.id;
                  return (
                    <RunCard run={run} chosen={isChosen} wide={wide} eager={run.id === runs.at(-1)?.id}>
                      {!wide && isChosen && run.state === "done" && <AnswerPane run={run.id} onMail={openMail} />}
                    </RunCard>
                  );
                }}
              </ThreadPrimitive.Messages>
            </div>
          </ThreadPrimitive.Viewport>
          <div className={classes.foot}>
            {send.error && <div className={classes.column}><ErrorNote error={send.error} /></div>}
            <Composer prefill={route.query.ask ?? ""} busy={send.busy} />
          </div>
        </ThreadPrimitive.Root>
        {beside && <AnswerPane run={beside} onMail={openMail} beside />}
        <Suspense fallback={null}>{route.query.mail && <MailDrawer id={route.query.mail} onClose={() => go(href("chat", route.id), true)} />}</Suspense>
      </div>
    </AssistantRuntimeProvider>
  );
}

function linesOf(entry: Entry): Line[] {
  const text = entry.kind === "run" ? entry.run.request : entry.proposal.text;
  return [{ id: `${entry.id}-asked`, role: "user", text, entry }, { id: `${entry.id}-answer`, role: "assistant", text: "", entry }];
}

function likeMessage(line: Line): ThreadMessageLike {
  return { id: line.id, role: line.role, content: [{ type: "text", text: line.text }], createdAt: new Date(line.entry.at) };
}

function typed(message: AppendMessage): string {
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("").trim();
}
