import { Anchor, Group, Text } from "@mantine/core";
import { IconCalendarRepeat } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Automation } from "@/lib/backend";
import { useCall } from "@/lib/hooks";
import { href, useRoute } from "@/lib/route";
import { Card } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading, Page } from "@/ui/Page";
import { RunState } from "@/ui/run/RunState";
import { ScheduleLine } from "@/ui/ScheduleLine";
import { Tag } from "@/ui/Tag";
import { Time } from "@/ui/Time";
import { Actions } from "./Actions";
import classes from "./Automations.module.css";
import { History } from "./History";

/** What runs by itself: when next, how it went last. */
export default function AutomationsScreen() {
  const { t } = useTranslation();
  const route = useRoute();
  const { data, error, reload } = useCall("Automations/List", {});
  return (
    <Page title={t("nav.automations")}>
      {error && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading rows={3} height={110} />}
      {data?.automations.length === 0 && (
        <Empty icon={<IconCalendarRepeat size={24} />} title={t("automations.none")}>
          <p>{t("automations.none_text")}</p>
          <Anchor href={href("chat")}>{t("report.to_chat")}</Anchor>
        </Empty>
      )}
      <ul className={classes.list}>
        {data?.automations.map((a) => <li key={a.id}><Item automation={a} open={route.id === a.id} /></li>)}
      </ul>
    </Page>
  );
}

function Item({ automation, open }: { automation: Automation; open: boolean }) {
  const { t } = useTranslation();
  const { last } = automation;
  return (
    <Card label={automation.request}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.words}>
          <Group gap={8}>
            <Text fw={600}>{automation.request}</Text>
            <Tag tone={automation.state === "active" ? "good" : "warn"}>{t(`automations.${automation.state}`)}</Tag>
          </Group>
          <ScheduleLine automation={automation} />
          <Group gap={6} mt={4}>
            <Text size="sm" c="dimmed" component="span">{last ? <>{t("automations.last")} <Time value={last.due} form="day" /></> : t("automations.never")}</Text>
            {last && <RunState state={last.state} />}
          </Group>
        </div>
        <Actions automation={automation} />
      </Group>
      {automation.overdue > 0 && <Text size="sm" className={classes.overdue}>{t("automations.overdue", { count: automation.overdue })}</Text>}
      <Group mt="xs" gap="md">
        <Anchor size="sm" href={open ? href("automations") : href("automations", automation.id)} aria-expanded={open}>{t("automations.history")}</Anchor>
      </Group>
      {open && <History id={automation.id} />}
    </Card>
  );
}
