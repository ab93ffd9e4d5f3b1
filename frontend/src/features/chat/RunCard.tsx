import { Button } from "@mantine/core";
import { IconFileText } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "@/lib/backend";
import { moving } from "@/lib/format";
import { useCall } from "@/lib/hooks";
import { go, href } from "@/lib/route";
import { useSeen } from "@/lib/use-seen";
import { Card } from "@/ui/Card";
import { RunBody } from "@/ui/run/RunBody";
import { useAnswer } from "@/ui/run/use-answer";
import classes from "./Chat.module.css";

/** The answer to one request. Its details are asked for when it comes into view. */
export function RunCard({ run, chosen, wide, eager, children }: { run: Run; chosen: boolean; wide: boolean; eager: boolean; children?: ReactNode }) {
  const { t } = useTranslation();
  const [ref, seen] = useSeen(eager);
  const { data } = useCall("Runs/Show", seen || moving(run) ? { id: run.id } : null);
  const shown = data?.run ?? run;
  const answer = useAnswer(data);
  return (
    <div ref={ref} className={classes.card} data-chosen={(chosen && wide) || undefined} data-run={run.id}>
      <Card label={t("chat.answer")}>
        <RunBody run={shown} detail={data} answer={answer.spans} />
        {answer.reports.length > 0 && !chosen && (
          <Button mt="xs" size="compact-sm" variant="default" leftSection={<IconFileText size={15} aria-hidden />} onClick={() => go(href("chat", run.id))}>{t("chat.show_report")}</Button>
        )}
        {children}
      </Card>
    </div>
  );
}
