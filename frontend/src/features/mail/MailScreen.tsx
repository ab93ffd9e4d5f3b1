import { Button, Modal, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconFileImport, IconMail, IconSearchOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useState } from "react";
import { go, href, useRoute } from "@/lib/route";
import { ImportBox } from "@/ui/mail/ImportBox";
import { MailView } from "@/ui/mail/MailView";
import { ErrorNote } from "@/ui/Note";
import { Empty, Loading } from "@/ui/Page";
import classes from "./Mail.module.css";
import { MailList } from "./MailList";
import { SearchBox } from "./SearchBox";
import { useMailPages } from "./pages";

/** The mail on this machine: to search, to scroll through, to read. Nothing is changed here. */
export default function MailScreen() {
  const { t } = useTranslation();
  const route = useRoute();
  const query = route.query.q ?? "";
  const pages = useMailPages(query);
  const narrow = useMediaQuery("(max-width: 980px)", undefined, { getInitialValueInEffect: false });
  const [sample, setSample] = useState<boolean>();
  const importing = route.query.import === "1";
  const open = (id: string) => go(href("mail", id, { q: query }), route.id !== "" && !narrow);
  const close = () => { setSample(undefined); go(href("mail", route.id, { q: query }), true); };
  const startImport = (withSample: boolean) => { setSample(withSample); go(href("mail", route.id, { q: query, import: "1" }), true); };
  const empty = !pages.loading && !pages.error && pages.lines.length === 0;

  const list = (
    <section className={classes.listPane} aria-label={t("mail.list")}>
      <div className={classes.tools}>
        <SearchBox key={query} query={query} onSearch={(q) => go(href("mail", "", { q }), true)} />
        <div className={classes.under}>
          <Text size="sm" c="dimmed" role="status">{pages.count !== undefined ? t("mail.count", { count: pages.count }) : ""}</Text>
          <Button size="compact-sm" variant="subtle" leftSection={<IconFileImport size={15} aria-hidden />} onClick={() => startImport(false)}>{t("mail.import")}</Button>
        </div>
      </div>
      {pages.error && <div className={classes.pad}><ErrorNote error={pages.error} onRetry={pages.error.code === "invalid" ? undefined : pages.reload} /></div>}
      {pages.loading && pages.lines.length === 0 && <div className={classes.pad}><Loading rows={7} height={56} /></div>}
      {empty && query === "" && (
        <Empty icon={<IconMail size={24} />} title={t("mail.none")}>
          <p>{t("mail.none_text")}</p>
          <Button size="sm" onClick={() => startImport(true)}>{t("mail.sample")}</Button>
        </Empty>
      )}
      {empty && query !== "" && <Empty icon={<IconSearchOff size={24} />} title={t("mail.nothing")}>{t("mail.nothing_text")}</Empty>}
      {pages.lines.length > 0 && <MailList key={query} pages={pages} chosen={route.id} onOpen={open} hrefOf={(id) => href("mail", id, { q: query })} />}
    </section>
  );
  const reading = (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
    <section className={classes.reading} aria-label={t("mail.one")} tabIndex={0}>
      {narrow && <Button variant="default" size="compact-md" mb="md" leftSection={<IconArrowLeft size={16} aria-hidden />} onClick={() => go(href("mail", "", { q: query }))}>{t("mail.back")}</Button>}
      {route.id ? <MailView key={route.id} id={route.id} level={2} /> : <Empty icon={<IconMail size={24} />} title={t("mail.pick")} />}
    </section>
  );
  return (
    <div className={classes.mail}>
      <h1 className="visually-hidden">{t("nav.mail")}</h1>
      {narrow ? (route.id ? reading : list) : <>{list}{reading}</>}
      <Modal opened={importing} onClose={close} title={t("import.title")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>{importing && <ImportBox sample={sample === true} />}<Button variant="default" onClick={close}>{t("close")}</Button></Stack>
      </Modal>
    </div>
  );
}
