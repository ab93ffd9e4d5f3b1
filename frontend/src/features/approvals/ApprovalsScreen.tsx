import { Anchor, Group, Text } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import "@/i18n/trust";
import type { Sheet } from "@/lib/backend";
import { useCall } from "@/lib/hooks";
import { href, useRoute } from "@/lib/route";
import { Card } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading, Page } from "@/ui/Page";
import RunSheet from "@/ui/sheet/RunSheet";
import { Time } from "@/ui/Time";
import classes from "./Approvals.module.css";

/** Every run that waits for the user's word: one of them open, so that no answer can meet another. */
export default function ApprovalsScreen() {
  const { t } = useTranslation();
  const route = useRoute();
  const { data, error, reload } = useCall("Approvals/List", {});
  const [stays, setStays] = useState(""); // what was open stays so after its answer, until another is chosen
  const sheets = data?.sheets ?? [];
  const open = route.id || stays || sheets[0]?.run || "";
  if (!route.id && open && open !== stays) setStays(open);
  const others = sheets.filter((s) => s.run !== open);
  return (
    <Page title={t("nav.approvals")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading rows={2} height={140} />}
      {data && !open && <Empty icon={<IconChecklist size={24} />} title={t("approvals.none")}>{t("approvals.none_text")}</Empty>}
      {data && open && <Card><RunSheet key={open} run={open} /></Card>}
      {others.length > 0 && (
        <section className={classes.others}>
          <Text size="sm" fw={600} c="dimmed">{t("approvals.others")}</Text>
          <ul>{others.map((sheet) => <li key={sheet.run}><Other sheet={sheet} /></li>)}</ul>
        </section>
      )}
    </Page>
  );
}

function Other({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  return (
    <Card label={sheet.request}>
      <Group justify="space-between" gap="sm">
        <div className={classes.words}>
          <Text fw={600}>{sheet.request || sheet.run}</Text>
          <Text size="sm" c="dimmed">{t("approvals.rows", { count: sheet.rows.length })} · {t("sheet.expires")} <Time value={sheet.expires} form="day" /></Text>
        </div>
        <Anchor size="sm" href={href("approvals", sheet.run)}>{t("approvals.open")}</Anchor>
      </Group>
    </Card>
  );
}
