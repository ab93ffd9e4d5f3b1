import { Anchor, Button, Group, Select, Table, Text } from "@mantine/core";
import { IconArrowLeft, IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RunState as State } from "@/lib/backend";
import { span } from "@/lib/format";
import { useCall } from "@/lib/hooks";
import { go, href, useRoute } from "@/lib/route";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading, Page } from "@/ui/Page";
import { RunState } from "@/ui/run/RunState";
import { Time } from "@/ui/Time";
import { RunPage } from "./RunPage";
import classes from "./Runs.module.css";

const states: State[] = ["queued", "running", "waiting", "paused", "done", "failed", "cancelled"];
const kinds = ["ask", "import", "script", "automation"] as const;

/** Every run there was, of whatever kind. */
export default function RunsScreen() {
  const { t } = useTranslation();
  const route = useRoute();
  const state = states.find((s) => s === route.query.state);
  const { data, error, reload } = useCall("Runs/List", { ...(state ? { states: [state] } : {}), limit: 200 });
  if (route.id) {
    return (
      <Page title={t("nav.runs")} actions={<Button component="a" href={href("runs", "", { state })} variant="default" size="compact-md" leftSection={<IconArrowLeft size={16} aria-hidden />}>{t("runs.back")}</Button>}>
        <RunPage id={route.id} />
      </Page>
    );
  }
  return (
    <Page
      title={t("nav.runs")}
      wide
      actions={
        <Group gap="xs">
          <Select
            size="sm" w={150} aria-label={t("runs.filter")} allowDeselect={false} comboboxProps={{ withinPortal: true }}
            value={state ?? "all"} onChange={(value) => go(href("runs", "", { state: value === "all" ? undefined : (value ?? undefined) }), true)}
            data={[{ value: "all", label: t("runs.all") }, ...states.map((s) => ({ value: s, label: t(`state.${s}`) }))]}
          />
        </Group>
      }
    >
      {error && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading rows={6} />}
      {data?.runs.length === 0 && <Empty icon={<IconPlayerPlay size={24} />} title={t("runs.none")}>{t("runs.none_text")}</Empty>}
      {data && data.runs.length > 0 && (
        <Table verticalSpacing="sm" highlightOnHover className={classes.table ?? ""}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("runs.request")}</Table.Th>
              <Table.Th>{t("runs.state")}</Table.Th>
              <Table.Th className={classes.extra ?? ""}>{t("runs.by")}</Table.Th>
              <Table.Th>{t("runs.began")}</Table.Th>
              <Table.Th className={classes.extra ?? ""} ta="right">{t("runs.took")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.runs.map((run) => {
              const kind = kinds.find((k) => k === run.kind);
              return (
                <Table.Tr key={run.id}>
                  <Table.Td><Anchor href={href("runs", run.id, { state })} className={classes.request ?? ""}>{run.request || run.id}</Anchor></Table.Td>
                  <Table.Td><Group gap={6}><RunState state={run.state} verified={run.kind === "ask" ? run.verified : true} /></Group></Table.Td>
                  <Table.Td className={classes.extra ?? ""}><Text size="sm" c="dimmed">{kind ? t(`runs.kind_${kind}`) : run.kind}</Text></Table.Td>
                  <Table.Td className={classes.when ?? ""}><Time value={run.created} /></Table.Td>
                  <Table.Td className={classes.extra ?? ""} ta="right"><Text size="sm" c="dimmed">{span(run.started, run.ended)}</Text></Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
    </Page>
  );
}
