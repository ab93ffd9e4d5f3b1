import { Anchor, Text, Title } from "@mantine/core";
import { IconHourglass } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asError, type Sheet } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { href } from "@/lib/route";
import { ErrorNote, WarnNote } from "../Note";
import { Time } from "../Time";
import { Answer, type Say } from "./Answer";
import { approval, type Choice, type Group, groups, list, undecided, verb, wanted } from "./logic";
import type { Outcome } from "./RunSheet";
import classes from "./Sheet.module.css";
import { SheetRow } from "./SheetRow";

interface Props { sheet: Sheet; link: boolean; onMail: (id: string) => void; onAnswered: (outcome: Outcome) => void }

/** Everything that a run wants to do and may not by itself, grouped, to be looked at and answered once. */
export function SheetForm({ sheet, link, onMail, onAnswered }: Props) {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const [choice, setChoice] = useState<Choice>(undecided);
  const [mine, setMine] = useState([sheet.hash]); // the sheets that were looked at here
  const again = () => live.refresh((m) => m.startsWith("Approvals/") || m.startsWith("Runs/"));

  const answer = useAction(async (say: Say) => {
    const given = say === "approve" ? approval(sheet, choice) : { id: sheet.run, hash: sheet.hash, approve: [], ...(say === "stop" ? { stop: true } : {}) };
    try {
      await backend.call("Approvals/Answer", given);
      onAnswered({ approved: given.approve.length, denied: sheet.rows.length - given.approve.length, stopped: say === "stop" });
    } catch (problem) {
      if (asError(problem).code !== "conflict") throw problem;
      setMine([]); // whatever comes now is not what was answered
    } finally {
      again();
    }
  });
  const edit = useAction(async (step: number, path: string, text: string) => {
    try {
      const next = await backend.call("Approvals/Edit", { id: sheet.run, hash: sheet.hash, step, edits: [{ path, text }] });
      setMine((all) => [...all, next.hash]);
      return true;
    } catch (problem) {
      if (asError(problem).code !== "conflict") throw problem;
      setMine([]);
      return true;
    } finally {
      again();
    }
  });

  const busy = answer.busy || edit.busy;
  const changed = !mine.includes(sheet.hash);
  const warned = new Set(sheet.rows.filter((r) => wanted(r, choice)).flatMap((r) => list(r.fields).filter((f) => list(f.person?.warnings).length > 0).map((f) => f.person?.id))).size;
  const set = (step: number, change: Partial<{ no: boolean; reply: Choice["replies"][number]; grant: Choice["grants"][number] | undefined }>) => setChoice((c) => {
    const grants = { ...c.grants };
    if ("grant" in change) {
      if (change.grant) grants[step] = change.grant;
      else delete grants[step]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- a record of steps
    }
    return {
      no: change.no === undefined ? c.no : change.no ? [...c.no, step] : c.no.filter((s) => s !== step),
      replies: change.reply ? { ...c.replies, [step]: change.reply } : c.replies,
      grants,
    };
  });

  return (
    <section className={classes.sheet} aria-label={t("sheet.label")} data-testid="sheet">
      <header className={classes.head}>
        <IconHourglass size={20} aria-hidden />
        <div className={classes.grow}>
          <Title order={2} size="h5">{t(verb(sheet.rows) === "answer" ? "sheet.title_question" : "sheet.title")}</Title>
          {sheet.request && <Text size="sm"><span className={classes.dim}>{t(sheet.automation ? "sheet.by_automation" : "sheet.asked")}</span> {sheet.request}</Text>}
          <Text size="sm" c="dimmed">
            {t("sheet.expires")} <Time value={sheet.expires} form="day" />
            {link && <> · <Anchor size="sm" underline="always" href={href("runs", sheet.run)}>{t("sheet.to_run")}</Anchor></>}
            {link && sheet.automation && <> · <Anchor size="sm" underline="always" href={href("automations", sheet.automation)}>{t("sheet.to_automation")}</Anchor></>}
          </Text>
        </div>
      </header>
      {changed && <WarnNote title={t("sheet.changed")}>{t("sheet.changed_text")}</WarnNote>}
      {warned > 0 && <WarnNote title={t("sheet.warned", { count: warned })}>{t("sheet.warned_text")}</WarnNote>}
      {edit.error && <ErrorNote error={edit.error} />}
      {groups(sheet.rows).map((group) => (
        <section key={group.key} className={classes.group}>
          <GroupTitle group={group} />
          {group.rows.map((row) => (
            <SheetRow
              key={row.step} row={row} ticked={wanted(row, choice)} busy={busy} reply={choice.replies[row.step]} grant={choice.grants[row.step]}
              onTick={(ticked) => set(row.step, { no: !ticked })} onReply={(reply) => set(row.step, { reply })} onGrant={(grant) => set(row.step, { grant })}
              onEdit={async (path, text) => (await edit.run(row.step, path, text)) === true} onMail={onMail}
            />
          ))}
        </section>
      ))}
      {answer.error && <ErrorNote error={answer.error} />}
      <Answer sheet={sheet} choice={choice} warned={warned} busy={busy} onSay={(say) => void answer.run(say)} />
    </section>
  );
}

function GroupTitle({ group }: { group: Group }) {
  const { t } = useTranslation();
  const count = group.rows.length;
  const text = group.key === "question" ? t("sheet.group_question", { count }) : group.capability === "mail.send" ? t("sheet.group_mail", { count }) : t("sheet.group_other", { count, name: group.capability });
  return <Title order={3} size="h6" className={classes.groupTitle}>{text}</Title>;
}
