import "@/i18n/trust";
import { useTranslation } from "react-i18next";
import type { AlertLine } from "@/lib/backend";
import { visible } from "@/ui/Quoted";

const kinds = ["injection", "egress", "denied", "burst", "changed", "ledger", "access"] as const;
const facts = ["host", "capability", "mail", "count", "number", "why", "rule", "agent", "address", "from"] as const;

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
      facts: Object.entries(alert.facts ?? {}).filter(([name]) => name !== "mail").map(([name, value]) => {
        const known = facts.find((f) => f === name);
        return { name: known ? t(`fact.${known}`) : name, value: visible(value) };
      }),
    };
  };
}
