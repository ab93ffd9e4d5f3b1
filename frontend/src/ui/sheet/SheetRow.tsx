import { Checkbox, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { GrantWish, Reply, Row } from "@/lib/backend";
import { Fold } from "../Card";
import { Tag } from "../Tag";
import { FieldLine } from "./FieldLine";
import { letters, lines, list, spelledJson } from "./logic";
import { OfferPart } from "./OfferPart";
import { QuestionPart } from "./QuestionPart";
import classes from "./Sheet.module.css";
import { useWords } from "./use-words";

interface Props {
  row: Row;
  ticked: boolean;
  busy: boolean;
  reply: Reply | undefined;
  grant: GrantWish | undefined;
  onTick: (ticked: boolean) => void;
  onReply: (reply: Reply) => void;
  onGrant: (grant: GrantWish | undefined) => void;
  onEdit: (path: string, text: string) => Promise<boolean>;
  onMail: (id: string) => void;
}

/** One thing that would be done: whether it shall, all of it, why it is asked. */
export function SheetRow({ row, ticked, busy, reply, grant, onTick, onReply, onGrant, onEdit, onMail }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const why = words.reasons(row);
  const shown = lines(list(row.fields));
  const subject = shown.find((l) => l.label === "subject")?.fields[0]?.text;
  const name = letters(list(subject)).trim() || row.capability;
  return (
    <article className={classes.row} data-off={!ticked || undefined} data-step={row.step} aria-label={t("sheet.row", { step: row.step, name })}>
      {!row.question && <div className={classes.rowHead}>
        <Checkbox className={classes.grow} checked={ticked} disabled={busy} onChange={(e) => onTick(e.currentTarget.checked)} label={ticked ? t("sheet.ticked") : t("sheet.unticked")} aria-label={t("sheet.tick", { name })} />
        {row.edited && <Tag tone="good">{t("sheet.edited")}</Tag>}
        <code className={classes.capability}>{row.capability}</code>
        <Tag tone="warn">{words.effect(row.effect)}</Tag>
      </div>}
      {row.question && <QuestionPart step={row.step} question={row.question} reply={reply} onReply={onReply} />}
      {!row.question && <dl className={classes.fields}>{shown.map((line) => <FieldLine key={line.path} line={line} busy={busy} onEdit={onEdit} onMail={onMail} />)}</dl>}
      {why.length > 0 && (
        <div className={classes.why}>
          <Text size="sm" component="span" fw={550}>{t("sheet.why")}</Text>
          {why.length === 1 ? <Text size="sm" component="span"> {why[0]}</Text> : <ul>{why.map((reason) => <li key={reason}>{reason}</li>)}</ul>}
        </div>
      )}
      {row.offer && ticked && <OfferPart row={row} offer={row.offer} grant={grant} onGrant={onGrant} />}
      <Fold summary={<span>{t("sheet.payload")} <span className={classes.hash}>{row.hash}</span></span>}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
        <pre className={classes.raw} tabIndex={0} aria-label={t("sheet.payload")}>{spelledJson(row.payload)}</pre>
      </Fold>
    </article>
  );
}
