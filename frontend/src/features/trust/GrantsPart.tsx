import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { GrantLine } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { time } from "@/lib/format";
import { useAction, useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { Card } from "@/ui/Card";
import { Confirm } from "@/ui/Confirm";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading, Section } from "@/ui/Page";
import { Quoted, visible } from "@/ui/Quoted";
import { list } from "@/ui/sheet/logic";
import { Tag } from "@/ui/Tag";
import { Time } from "@/ui/Time";
import classes from "./Trust.module.css";

/** What automations may do without asking, until when, and the way to take it back. */
export function GrantsPart() {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const { data, error, reload } = useCall("Grants/List", {});
  const automations = useCall("Automations/List", {}).data?.automations ?? [];
  const [asking, setAsking] = useState("");
  const revoke = useAction(async (id: string) => {
    setAsking("");
    await backend.call("Grants/Revoke", { id });
    live.refresh((m) => m === "Grants/List");
  });
  const grants = [...list(data?.grants)].sort((a, b) => Number(b.open) - Number(a.open) || b.created.localeCompare(a.created));
  return (
    <Section title={t("trust.grants_title")} note={t("trust.grants_note")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {revoke.error && <ErrorNote error={revoke.error} />}
      {!data && !error && <Loading rows={2} height={100} />}
      {data && grants.length === 0 && <Empty icon={<IconKey size={24} />} title={t("trust.grants_none")}>{t("trust.grants_none_text")}</Empty>}
      <ul className={classes.list}>
        {grants.map((g) => <li key={g.id}><One grant={g} request={automations.find((a) => a.id === g.automation)?.request ?? g.automation} busy={revoke.busy} onRevoke={() => setAsking(g.id)} /></li>)}
      </ul>
      <Confirm opened={asking !== ""} title={t("trust.revoke_title")} text={t("trust.revoke_text")} action={t("trust.revoke")} onConfirm={() => void revoke.run(asking)} onClose={() => setAsking("")} />
    </Section>
  );
}

function One({ grant, request, busy, onRevoke }: { grant: GrantLine; request: string; busy: boolean; onRevoke: () => void }) {
  const { t } = useTranslation();
  const people = list(grant.recipients);
  const names = list(grant.names);
  return (
    <Card label={request}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.grow}>
          <Group gap={8}>
            <Text fw={600}>{request}</Text>
            <code className={classes.code}>{grant.capability}</code>
            {grant.open ? <Tag tone="good">{t("trust.open")}</Tag> : <Tag>{time(grant.revoked) ? t("trust.revoked") : t("trust.ended")}</Tag>}
          </Group>
          {people.length > 0 && (
            <ul className={classes.exact}>
              {people.map((id, i) => (
                <li key={id}>
                  {names[i] && <Quoted spans={list(names[i].spans).map((s) => ({ text: s.c, quoted: s.l.integrity > 1 }))} />} <bdi className={classes.host}>{visible(id)}</bdi>
                </li>
              ))}
            </ul>
          )}
          {list(grant.hosts).length > 0 && <ul className={classes.exact}>{list(grant.hosts).map((h) => <li key={h}><bdi className={classes.host}>{visible(h)}</bdi></li>)}</ul>}
          <Text size="sm" c="dimmed" mt={4}>{t("trust.until_time")} <Time value={grant.expires} form="day" /> · {t("trust.used", { used: grant.used, uses: grant.uses })}</Text>
        </div>
        {grant.open && <Button size="compact-sm" variant="default" disabled={busy} onClick={onRevoke}>{t("trust.revoke")}</Button>}
      </Group>
      <Group mt={6} gap="md">
        <Anchor size="sm" href={href("automations", grant.automation)}>{t("sheet.to_automation")}</Anchor>
        {grant.from && <Anchor size="sm" href={href("runs", grant.from)}>{t("sheet.to_run")}</Anchor>}
      </Group>
    </Card>
  );
}
