import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { Fold } from "@/ui/Card";
import { Code } from "@/ui/Code";
import { ErrorNote } from "@/ui/Note";
import { visible } from "@/ui/Quoted";
import { RunState } from "@/ui/run/RunState";
import { Time } from "@/ui/Time";

/** Every time that an automation was due, and what came of it. A missed one is not kept quiet. */
export function History({ id }: { id: string }) {
  const { t } = useTranslation();
  const [script, setScript] = useState(false);
  const { data, error, reload } = useCall("Automations/Show", { id });
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) return <Skeleton height={90} mt="sm" />;
  return (
    <div>
      {data.occurrences.length === 0 ? <Text size="sm" c="dimmed" mt="xs">{t("automations.history_none")}</Text> : (
        <Table verticalSpacing={6} mt="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("automations.due")}</Table.Th>
              <Table.Th>{t("automations.outcome")}</Table.Th>
              <Table.Th>{t("automations.note")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.occurrences.map((o) => (
              <Table.Tr key={o.id}>
                <Table.Td><Time value={o.due} form="day" /></Table.Td>
                <Table.Td><RunState state={o.state} /></Table.Td>
                <Table.Td>{o.error && <Text size="sm" component="span">{visible(o.error.message)} </Text>}{o.note && <Text size="sm" component="span">{visible(o.note)} </Text>}{o.run && <Anchor size="sm" href={href("runs", o.run)}>{t("automations.its_run")}</Anchor>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {data.automation.script_source && (
        <Fold summary={t("propose.pinned", { hash: data.automation.script.slice(0, 10) })} open={script} onOpen={setScript}>
          {script && <Code source={data.automation.script_source} label={t("run.script_label")} />}
        </Fold>
      )}
    </div>
  );
}
