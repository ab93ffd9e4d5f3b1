import { Text, Title, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ReportDetail, ReportDocument, ReportItem } from "@/lib/backend";
import { Quoted, says, visible } from "../Quoted";
import { Tag } from "../Tag";
import { Time } from "../Time";
import classes from "./ReportView.module.css";

/** A report: sections with items, each of which may open the mail that it is about. */
export function ReportView({ report, onMail }: { report: ReportDetail; onMail: (id: string) => void }) {
  const { document } = report;
  if (document) return <Document document={document} onMail={onMail} />;
  return <pre className={classes.old} data-testid="report">{visible(report.markdown)}</pre>; // made before parts were kept
}

function Document({ document, onMail }: { document: ReportDocument; onMail: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className={classes.report} lang={document.lang} data-testid="report">
      <Title order={2} size="h3" className={classes.title}><Quoted spans={document.title} /></Title>
      {says(document.summary) && <Text className={classes.summary} component="p"><Quoted spans={document.summary} /></Text>}
      {document.sections.map((section, i) => (
        <section key={i} className={classes.section}>
          <Title order={3} size="h5" className={classes.heading}>
            <Quoted spans={section.title} />
            <span className={classes.count} aria-hidden>{section.items.length > 0 ? section.items.length : ""}</span>
          </Title>
          {says(section.note) && <Text size="sm" c="dimmed"><Quoted spans={section.note} /></Text>}
          {section.items.length === 0 && <Text size="sm" c="dimmed">{t("report.nothing")}</Text>}
          <ul className={classes.items}>
            {section.items.map((item, k) => <li key={k}><Item item={item} onMail={onMail} /></li>)}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Item({ item, onMail }: { item: ReportItem; onMail: (id: string) => void }) {
  const { t } = useTranslation();
  const inside = (
    <>
      <span className={classes.line}>
        <span className={classes.text}><Quoted spans={item.text} /></span>
        {item.when && <span className={classes.when}><Time value={item.when} form="day" /></span>}
      </span>
      {says(item.detail) && <span className={classes.detail}><Quoted spans={item.detail} /></span>}
      {says(item.tag) && <span className={classes.tags}><Tag tone="warn"><Quoted spans={item.tag} /></Tag></span>}
    </>
  );
  const mail = item.mail;
  if (!mail) return <div className={classes.item}>{inside}</div>;
  return (
    <UnstyledButton className={classes.item} data-opens onClick={() => onMail(mail)}>
      {inside}
      <span className={classes.open}>{t("report.open_mail")}<IconChevronRight size={14} aria-hidden /></span>
    </UnstyledButton>
  );
}
