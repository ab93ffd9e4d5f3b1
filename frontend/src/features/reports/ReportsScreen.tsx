import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconArrowLeft, IconFileText } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { go, href, useRoute } from "@/lib/route";
import MailDrawer from "@/ui/mail/MailDrawer";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading, Page } from "@/ui/Page";
import { Quoted } from "@/ui/Quoted";
import { ReportView } from "@/ui/report/ReportView";
import { SaveReport } from "@/ui/report/SaveReport";
import { Time } from "@/ui/Time";
import classes from "./Reports.module.css";

/** All reports that runs wrote, newest first, and one of them to read. */
export default function ReportsScreen() {
  const route = useRoute();
  return route.id ? <One id={route.id} mail={route.query.mail ?? ""} /> : <List />;
}

function List() {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Reports/List", { id: "" });
  return (
    <Page title={t("nav.reports")}>
      {error && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading rows={5} height={58} />}
      {data?.reports.length === 0 && (
        <Empty icon={<IconFileText size={24} />} title={t("report.none")}>
          <p>{t("report.none_text")}</p>
          <Button component="a" href={href("chat")} variant="default">{t("report.to_chat")}</Button>
        </Empty>
      )}
      <ul className={classes.list}>
        {data?.reports.map((r) => (
          <li key={r.id}>
            <a href={href("reports", r.id)} className={classes.row}>
              <IconFileText size={20} stroke={1.6} aria-hidden />
              <span className={classes.title}><Quoted spans={r.spans} /></span>
              <span className={classes.when}><Time value={r.created} /></span>
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function One({ id, mail }: { id: string; mail: string }) {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Reports/Show", { id });
  return (
    <Page
      title={t("report.one")}
      actions={
        <Group gap="xs">
          <Button component="a" href={href("reports")} variant="default" size="compact-md" leftSection={<IconArrowLeft size={16} aria-hidden />}>{t("nav.reports")}</Button>
          <SaveReport id={id} />
        </Group>
      }
    >
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          <ReportView report={data} onMail={(m) => go(href("reports", id, { mail: m }), true)} />
          <Text size="sm" c="dimmed" mt="xl"><Time value={data.created} form="full" /> · <Anchor size="sm" href={href("runs", data.run)}>{t("report.to_run")}</Anchor></Text>
        </>
      )}
      {mail && <MailDrawer id={mail} onClose={() => go(href("reports", id), true)} />}
    </Page>
  );
}
