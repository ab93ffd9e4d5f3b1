import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconPlayerStopFilled } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run, RunDetail, Spans } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { changes, moving, span } from "@/lib/format";
import { useAction } from "@/lib/hooks";
import { Fold } from "../Card";
import { Code } from "../Code";
import { ErrorNote } from "../Note";
import { Quoted, says } from "../Quoted";
import { RunState } from "./RunState";
import classes from "./RunBody.module.css";
import { Steps } from "./Steps";

const RunSheet = lazy(() => import("../sheet/RunSheet"));

/** Where a run stands, what it did, with what script, and how it ended. The details may still be on their way. */
export function RunBody({ run, detail, answer }: { run: Run; detail: RunDetail | undefined; answer: Spans }) {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const [script, setScript] = useState(false);
  const stop = useAction(async () => {
    await backend.call("Runs/Cancel", { id: run.id });
    live.refresh((m) => m.startsWith("Runs/"));
  });
  const steps = detail?.steps ?? [];
  const busy = moving(run);
  const now = steps.findLast((s) => s.state === "intent");
  return (
    <Stack gap={8}>
      <Group justify="space-between" gap="xs" className={classes.top}>
        <Group gap={8}>
          <RunState state={run.state} verified={run.verified} />
          <Text size="sm" c="dimmed" component="span">{busy && now ? now.capability : span(run.started, run.ended)}</Text>
          {run.planner && <Text size="sm" c="dimmed" component="span">{run.planner === "offline" ? t("run.offline") : run.planner}</Text>}
        </Group>
        {busy && (
          <Button size="compact-sm" variant="default" leftSection={<IconPlayerStopFilled size={13} aria-hidden />} loading={stop.busy} onClick={() => void stop.run()}>{t("run.stop")}</Button>
        )}
      </Group>
      {stop.error && <ErrorNote error={stop.error} />}
      {run.state === "waiting" && <Suspense fallback={<Skeleton height={160} radius="md" />}><RunSheet run={run.id} link={false} /></Suspense>}
      {run.state === "done" && !run.verified && <Text size="sm" className={classes.unverified}>{t("run.unverified_why")}</Text>}
      {run.error && run.state !== "cancelled" && <ErrorNote error={run.error} />}
      {says(answer) && <div className={classes.answer} data-testid="answer"><Quoted spans={answer} /></div>}
      <div>
        {(steps.length > 0 || busy) && (
          <Fold summary={t("run.steps", { count: steps.length, changes: changes(steps).length })}>
            <Steps steps={steps} />
          </Fold>
        )}
        {detail?.script && (
          <Fold summary={t("run.script", { skill: run.skill || t("run.own") })} open={script} onOpen={setScript}>
            {script && <Code source={detail.script} label={t("run.script_label")} />}
          </Fold>
        )}
        {run.logs && run.logs.length > 0 && (
          <Fold summary={t("run.logs", { count: run.logs.length })}>
            <pre className={classes.logs}>{run.logs.join("\n")}</pre>
          </Fold>
        )}
      </div>
    </Stack>
  );
}
