import { ActionIcon, Popover, TextInput } from "@mantine/core";
import { IconHelp, IconSearch, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Mail.module.css";

/** The search box, with what it understands one key away. */
export function SearchBox({ query, onSearch }: { query: string; onSearch: (query: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(query);
  const [help, setHelp] = useState(false);
  const operators: [string, string][] = [
    ["invoice november", t("operators.words")], ['"design review"', t("operators.phrase")], ["-newsletter", t("operators.not")], ["rent OR lease", t("operators.or")],
    ["from:anna", t("operators.from")], ["to:team", t("operators.to")], ["subject:ticket", t("operators.subject")], ["has:attachment", t("operators.attachment")],
    ["is:unread", t("operators.unread")], ["kind:invoice", t("operators.kind")], ["newer_than:30d", t("operators.newer")], ["after:2026-01-01 before:2026-02-01", t("operators.between")],
  ];
  return (
    <form role="search" onSubmit={(e) => { e.preventDefault(); onSearch(text.trim()); }} className={classes.search}>
      <TextInput
        className={classes.field ?? ""} value={text} onChange={(e) => setText(e.currentTarget.value)} placeholder={t("mail.placeholder")} aria-label={t("mail.search")} data-main-field type="search" autoComplete="off" spellCheck={false}
        leftSection={<IconSearch size={17} aria-hidden />}
        rightSection={query || text ? <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("close")} onClick={() => { setText(""); onSearch(""); }}><IconX size={15} aria-hidden /></ActionIcon> : null}
      />
      <Popover opened={help} onChange={setHelp} position="bottom-end" width={330} trapFocus withinPortal>
        <Popover.Target>
          <ActionIcon variant="default" size={36} aria-label={t("mail.help")} aria-expanded={help} onClick={() => setHelp(!help)}><IconHelp size={18} aria-hidden /></ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("mail.help")}>
          <ul className={classes.operators}>
            {operators.map(([example, what]) => (
              <li key={example}>
                <button type="button" onClick={() => { setText(`${text} ${example}`.trim()); setHelp(false); }}><code>{example}</code><span>{what}</span></button>
              </li>
            ))}
          </ul>
        </Popover.Dropdown>
      </Popover>
    </form>
  );
}
