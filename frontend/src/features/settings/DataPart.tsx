import { Skeleton, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { Tag } from "@/ui/Tag";
import classes from "./Settings.module.css";

export function DataPart({ home }: { home: string }) {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Data/Report", {});
  return (
    <Section title={t("settings.data")} note={t("settings.data_where", { home })}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={160} />}
      {data && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("settings.data")}>
          <Table verticalSpacing={6} miw={620} fz="sm">
            <Table.Thead><Table.Tr><Table.Th>{t("settings.data_kind")}</Table.Th><Table.Th>{t("settings.data_holds")}</Table.Th><Table.Th>{t("settings.data_kept")}</Table.Th><Table.Th>{t("settings.data_sealed")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {data.kinds.map((k) => (
                <Table.Tr key={k.name}>
                  <Table.Td>{k.name}</Table.Td>
                  <Table.Td title={k.why}>{k.holds}</Table.Td>
                  <Table.Td>{k.retention}</Table.Td>
                  <Table.Td><Tag tone={k.sealed ? "good" : "plain"}>{t(k.sealed ? "yes" : "no")}</Tag></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}
