import { Anchor, Button, Checkbox, Group, Text } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AlertLine } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { time } from "@/lib/format";
import { useAction, useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { Card } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading } from "@/ui/Page";
import { Tag } from "@/ui/Tag";
import { Time } from "@/ui/Time";
import classes from "./Trust.module.css";
import { useAlert } from "./use-alert";

const MailDrawer = lazy(() => import("@/ui/mail/MailDrawer"));

/** What Steward noticed, and what one can do about it. */
export function AlertsPart() {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const [all, setAll] = useState(false);
  const [mail, setMail] = useState("");
  const { data, error, reload } = useCall("Alerts/List", { open_only: !all });
  const dismiss = useAction(async (which: { id: string } | { all: true }) => {
    await backend.call("Alerts/Dismiss", which);
    live.refresh((m) => m === "Alerts/List");
  });
  return (
    <>
      <Group justify="space-between" mb="md" gap="sm">
        <Checkbox checked={all} onChange={(e) => setAll(e.currentTarget.checked)} label={t("trust.alerts_all")} />
        {(data?.open ?? 0) > 1 && <Button size="compact-sm" variant="default" loading={dismiss.busy} onClick={() => void dismiss.run({ all: true })}>{t("trust.dismiss_all")}</Button>}
      </Group>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {dismiss.error && <ErrorNote error={dismiss.error} />}
      {!data && !error && <Loading rows={2} height={120} />}
      {data?.alerts.length === 0 && <Empty icon={<IconShieldCheck size={24} />} title={t("trust.alerts_none")}>{t("trust.alerts_none_text")}</Empty>}
      <ul className={classes.list}>
        {data?.alerts.map((alert) => <li key={alert.id}><One alert={alert} busy={dismiss.busy} onMail={setMail} onDismiss={() => void dismiss.run({ id: alert.id })} /></li>)}
      </ul>
      <Suspense fallback={null}>{mail && <MailDrawer id={mail} onClose={() => setMail("")} />}</Suspense>
    </>
  );
}

function One({ alert, busy, onMail, onDismiss }: { alert: AlertLine; busy: boolean; onMail: (id: string) => void; onDismiss: () => void }) {
  const { t } = useTranslation();
  const { title, text, advice, facts, mail } = useAlert()(alert);
  const away = time(alert.seen) !== undefined;
  return (
    <Card label={title}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.grow}>
          <Group gap={8}><Text fw={600}>{title}</Text>{away && <Tag>{t("trust.put_away")}</Tag>}</Group>
          <Text size="sm" c="dimmed"><Time value={alert.created} form="day" /> · {t("trust.times", { count: alert.count })}</Text>
        </div>
        {!away && <Button size="compact-sm" variant="default" disabled={busy} onClick={onDismiss} aria-label={`${t("trust.dismiss")}: ${title}`}>{t("trust.dismiss")}</Button>}
      </Group>
      {text && <Text mt={6}>{text}</Text>}
      {facts.length > 0 && <dl className={classes.facts}>{facts.map((f) => <div key={f.name}><dt>{f.name}</dt><dd><bdi>{f.value}</bdi></dd></div>)}</dl>}
      {advice && <Text size="sm" mt={6}><Text span inherit fw={600}>{t("trust.advice")}</Text> {advice}</Text>}
      <Group mt={6} gap="md">
        {mail && <Anchor component="button" type="button" size="sm" onClick={() => onMail(mail)}>{t("report.open_mail")}</Anchor>}
        {alert.run && <Anchor size="sm" href={href("runs", alert.run)}>{t("report.to_run")}</Anchor>}
      </Group>
    </Card>
  );
}
