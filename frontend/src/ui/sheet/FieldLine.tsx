import { ActionIcon, Button, Group, Text, Textarea, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, SheetPerson } from "@/lib/backend";
import { Tag } from "../Tag";
import { draft, length, letters, type Line, list, unseenIn } from "./logic";
import { Origins } from "./Origins";
import { Pieces } from "./Pieces";
import classes from "./Sheet.module.css";
import { sources, useWords } from "./use-words";

const long = 400; // characters from which a text scrolls in a place of its own
const tall = 8; // or lines

/** One field of a payload, whole, with where it came from; and the place to change it. */
export function FieldLine({ line, busy, onEdit, onMail }: { line: Line; busy: boolean; onEdit: (path: string, text: string) => Promise<boolean>; onMail: (id: string) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const [editing, setEditing] = useState(false);
  const name = words.field(line.label);
  const people = line.fields.some((f) => f.person) || (line.fields[0]?.role === "control" && ["to", "cc", "bcc"].includes(line.label)); // nobody yet is a list, too
  return (
    <div className={classes.field} data-field={line.path}>
      <dt>{name}</dt>
      <dd>
        {editing ? (
          <Editor name={name} line={line} people={people} busy={busy} onCancel={() => setEditing(false)} onSave={async (text) => { if (await onEdit(line.path, text)) setEditing(false); }} />
        ) : (
          <div className={classes.value}>
            <div className={classes.shown}>
              {line.fields.map((f) => (f.person ? <Person key={f.path} field={f} person={f.person} /> : <Value key={f.path} name={name} field={f} />))}
              <Origins fields={line.fields} onMail={onMail} />
            </div>
            {line.editable && (
              <Tooltip label={t("sheet.edit")}>
                <ActionIcon variant="subtle" color="gray" c="dimmed" size={28} aria-label={t("sheet.edit_field", { name })} onClick={() => setEditing(true)}><IconPencil size={16} aria-hidden /></ActionIcon>
              </Tooltip>
            )}
          </div>
        )}
      </dd>
    </div>
  );
}

function Value({ field, name }: { field: Field; name: string }) {
  const { t, i18n } = useTranslation();
  const pieces = list(field.text);
  const count = length(pieces);
  if (count === 0) return <Text size="sm" c="dimmed">{t("sheet.empty")}</Text>;
  if (count < long && letters(pieces).split("\n").length <= tall) return <div className={classes.short}><Pieces pieces={pieces} /></div>;
  const whole = t("sheet.whole", { count, number: count.toLocaleString(i18n.language === "zh-Hant" ? "zh-TW" : "en-GB") });
  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <div className={classes.long} tabIndex={0} role="region" aria-label={`${name}: ${whole}`} data-whole><Pieces pieces={pieces} /></div>
      <Text size="xs" c="dimmed" mt={4}>{whole}</Text>
    </>
  );
}

function Person({ field, person }: { field: Field; person: SheetPerson }) {
  const { t } = useTranslation();
  const words = useWords();
  const warnings = list(person.warnings);
  const source = sources.find((s) => s === field.source);
  const called = letters(list(field.text)).trim() !== "" && letters(list(field.text)) !== letters(list(person.address));
  return (
    <div className={classes.person} data-warned={warnings.length > 0 || undefined}>
      <Group gap="4px 8px">
        {called && <span><Pieces pieces={field.text} /></span>}
        <span className={classes.address}><Pieces pieces={person.address} plain /></span>
        {person.me ? <Tag tone="good">{t("sheet.me")}</Tag> : person.known ? <Tag tone="good">{t("sheet.known")}</Tag> : <Tag tone="warn">{t("sheet.new")}</Tag>}
        {source && <Text size="xs" c="dimmed" component="span">{t(`source.${source}`)}</Text>}
      </Group>
      {warnings.map((w) => (
        <div key={w.code} className={classes.warning}><IconAlertTriangle size={15} aria-hidden /><span>{words.warning(w)}</span></div>
      ))}
    </div>
  );
}

function Editor({ name, line, people, busy, onSave, onCancel }: { name: string; line: Line; people: boolean; busy: boolean; onSave: (text: string) => Promise<void>; onCancel: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => draft(line));
  const left = line.fields.reduce((sum, f) => sum + unseenIn(list(f.person ? f.person.address : f.text)), 0);
  return (
    <div>
      <Textarea
        autosize minRows={people ? 2 : 3} maxRows={16} value={text} onChange={(e) => setText(e.currentTarget.value)} aria-label={name} ref={(e) => e?.focus()}
        description={<>{people ? t("sheet.edit_people") : t("sheet.edit_text")}{left > 0 && <> {t("sheet.edit_left", { count: left })}</>}</>}
      />
      <Group mt={8} gap="xs">
        <Button size="compact-sm" loading={busy} onClick={() => void onSave(text)}>{t("sheet.save")}</Button>
        <Button size="compact-sm" variant="default" onClick={onCancel}>{t("cancel")}</Button>
      </Group>
    </div>
  );
}
