import { Group, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { visible } from "@/ui/Quoted";
import { ReportView } from "@/ui/report/ReportView";
import { SaveReport } from "@/ui/report/SaveReport";
import classes from "./Chat.module.css";

/** The report that a run wrote: beside the chat where there is room, else below its request. Runs without one have none. */
export function AnswerPane({ run, onMail, beside }: { run: string; onMail: (id: string) => void; beside?: boolean }) {
  const { t } = useTranslation();
  const outcome = useCall("Runs/Outcome", { id: run, show: false });
  const [picked, setPicked] = useState("");
  const all = outcome.data?.reports ?? [];
  const id = (all.find((r) => r.id === picked) ?? all[0])?.id;
  const report = useCall("Reports/Show", id ? { id } : null);
  if (!id) return null;

  const choice = all.length > 1 && (
    <SegmentedControl size="xs" value={id} onChange={setPicked} data={all.map((r, i) => ({ value: r.id, label: visible(r.title).slice(0, 24) || String(i + 1) }))} aria-label={t("report.choose")} />
  );
  const body = (
    <>
      {report.error && !report.data && <ErrorNote error={report.error} onRetry={report.reload} />}
      {!report.data && !report.error && <Stack gap="sm"><Skeleton height={28} width="60%" /><Skeleton height={90} /><Skeleton height={90} /></Stack>}
      {report.data && <ReportView report={report.data} onMail={onMail} />}
    </>
  );
  if (!beside) {
    return (
      <section className={classes.below} aria-label={t("report.one")}>
        <Group className={classes.belowHead} gap="xs">{choice}<SaveReport id={id} /></Group>
        {body}
      </section>
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <section className={classes.pane} aria-label={t("report.one")} tabIndex={0}>
      <div className={classes.paneHead}>
        {choice || <Text fw={600} size="sm" c="dimmed">{t("report.one")}</Text>}
        <SaveReport id={id} />
      </div>
      <div className={classes.paneBody}>{body}</div>
    </section>
  );
}
