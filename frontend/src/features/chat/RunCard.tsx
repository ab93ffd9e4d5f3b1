import { Button } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconFileText } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Run } from "@/lib/backend";
import { moving } from "@/lib/format";
import { useCall } from "@/lib/hooks";
import { go, href } from "@/lib/route";
import { Card } from "@/ui/Card";
import { RunBody } from "@/ui/run/RunBody";
import classes from "./Chat.module.css";

/** The answer to one request. Its details are asked for when it comes into view. */
export function RunCard({ run, chosen, wide, eager, children }: { run: Run; chosen: boolean; wide: boolean; eager: boolean; children?: ReactNode }) {
  const { t } = useTranslation();
  const { ref, entry } = useIntersection({ rootMargin: "200px" });
  const [seen, setSeen] = useState(eager);
  const visible = entry?.isIntersecting === true;
  useEffect(() => {
    if (visible) setSeen(true);
  }, [visible]);
  const { data } = useCall("Runs/Show", seen || moving(run) ? { id: run.id } : null);
  const shown = data?.run ?? run;
  return (
    <div ref={ref} className={classes.card} data-chosen={(chosen && wide) || undefined} data-run={run.id}>
      <Card label={t("chat.answer")}>
        <RunBody run={shown} detail={data} />
        {shown.state === "done" && !chosen && (
          <Button mt="xs" size="compact-sm" variant="default" leftSection={<IconFileText size={15} aria-hidden />} onClick={() => go(href("chat", run.id))}>{t("chat.show_report")}</Button>
        )}
        {children}
      </Card>
    </div>
  );
}
