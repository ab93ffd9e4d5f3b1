import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/lib/backend";
import { visible } from "../Quoted";
import { list, originsOf } from "./logic";
import classes from "./Sheet.module.css";
import { sources } from "./use-words";

const kinds = ["file", "page", "account", "contacts", "model", "mcp"] as const;

/** Where a field's words came from: a line under it, with the way to the mails. */
export function Origins({ fields, onMail }: { fields: Field[]; onMail: (id: string) => void }) {
  const { t } = useTranslation();
  const found = [...new Set(fields.flatMap((f) => [...originsOf(list(f.text)), ...originsOf(list(f.person?.address))]))].filter((o) => !o.startsWith("person:")); // who somebody is stands there already
  const outside = fields.some((f) => list(f.text).some((p) => p.outside) || list(f.person?.address).some((p) => p.outside));
  const source = [...new Set(fields.filter((f) => !f.person).map((f) => f.source))].map((s) => sources.find((known) => known === s)).filter((s) => s !== undefined);
  const said: ReactNode[] = source.map((s) => <span key={s}>{t(`source.${s}`)}</span>);
  for (const origin of found) said.push(<Origin key={origin} origin={origin} onMail={onMail} />);
  if (outside && found.length === 0) said.push(<span key="outside">{t("origin.unknown")}</span>);
  if (!outside && source.length === 0 && !fields.some((f) => f.person)) said.push(<span key="own">{t("origin.own")}</span>);
  return said.length > 0 && <div className={classes.origins}>{said}</div>;
}

function Origin({ origin, onMail }: { origin: string; onMail: (id: string) => void }) {
  const { t } = useTranslation();
  const at = origin.indexOf(":");
  const [kind, rest] = at < 0 ? [origin, ""] : [origin.slice(0, at), origin.slice(at + 1)];
  if (kind === "mail" && rest) return <span>{t("origin.mail")} <Anchor component="button" type="button" fz="inherit" underline="always" onClick={() => onMail(rest)}>{t("report.open_mail")}</Anchor></span>;
  if (origin === "account:*") return <span>{t("origin.mailbox")}</span>;
  const known = kinds.find((k) => k === kind);
  return <span>{known ? t(`origin.${known}`) : visible(kind)}{rest && <> <bdi className={classes.name}>{visible(rest)}</bdi></>}</span>;
}
