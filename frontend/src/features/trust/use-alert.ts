import "@/i18n/trust";
import { useTranslation } from "react-i18next";
import type { AlertLine } from "@/lib/backend";
import { visible } from "@/ui/Quoted";

const kinds = ["injection", "egress", "denied", "burst", "changed", "ledger", "access"] as const;
const facts = ["host", "capability", "agent", "why", "rule", "effects", "usual", "problem", "row", "via", "attempts", "sign"] as const;
const signs = ["order", "override", "role", "hidden"] as const;

/** An alert's words: the host's own in English; in other languages by its kind and its facts. */
export function useAlert() {
  const { t, i18n } = useTranslation();
  return (alert: AlertLine) => {
    const kind = kinds.find((k) => k === alert.kind);
    const own = i18n.language === "en" || !kind;
    return {
      title: own && alert.title ? visible(alert.title) : kind ? t(`alert.${kind}`) : visible(alert.kind),
      text: own ? visible(alert.text) : "",
      advice: own && alert.advice ? visible(alert.advice) : kind ? t(`alert.${kind}_advice`) : "",
      // In English the text says them already.
      facts: own ? [] : Object.entries(alert.facts ?? {}).filter(([name]) => name !== "origin").map(([name, value]) => {
        const known = facts.find((f) => f === name);
        const sign = name === "sign" ? signs.find((s) => s === value) : undefined;
        return { name: known ? t(`fact.${known}`) : name, value: sign ? t(`sign.${sign}`) : visible(value) };
      }),
      mail: /^mail:(.+)$/.exec(alert.facts?.origin ?? "")?.[1],
    };
  };
}
