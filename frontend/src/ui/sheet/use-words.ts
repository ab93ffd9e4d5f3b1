import "@/i18n/trust";
import { useTranslation } from "react-i18next";
import type { PersonWarning } from "@/lib/backend";
import { keyOf, list } from "./logic";

const reasons = [
  "read", "local", "self", "reversible", "reversibleMany", "reversibleKnown", "reversibleAudience", "reversibleSource", "reversibleKind", "egress", "egressPrivate", "egressAuthor", "egressElsewhere", "egressAgain", "egressHidden", "send", "sendComposed", "sendUnsubscribe", "delete", "exec", "spend", "standing", "undeclared", "deniedNever", "influence", "revealed", "outside", "readers", "controlScript", "controlContent", "noAim", "modeCareful", "modeLocked", "rule", "grant", "role",
] as const;
const changes = [
  "withoutInfluence", "withoutReveal", "withoutPrivate", "withoutPayload", "typed", "first", "fewer", "strangersOnly", "knownSources", "toSelf", "toThread", "authorKnows", "morePrivate", "moreReveal", "morePeople", "moreBefore", "scriptChose", "modeBalanced", "modeCareful", "modeLocked", "noRoles", "grant", "automation",
] as const;
const warnings = ["not-a-reader", "unknown", "look-alike", "mixed-scripts", "name-is-address", "invented"] as const;
const fields = ["to", "cc", "bcc", "subject", "body", "text", "note", "from", "title", "url", "question", "when", "time", "items", "mails", "attachments", "answers", "references", "mail", "answers", "references", "mail", "address", "name", "day", "script", "all"] as const;
export const sources = ["host", "typed", "listed", "script", "content"] as const;
const effects = ["read", "local", "remote-reversible", "egress", "send", "delete", "exec", "spend", "standing"] as const;

/** The host's codes in the reader's language; its own words where there is none for a code. */
export function useWords() {
  const { t } = useTranslation();
  return {
    reason(code: string | undefined, text: string): string {
      const known = reasons.find((r) => r === keyOf(code ?? ""));
      return known ? t(`reason.${known}`) : text;
    },
    reasons(row: { codes: string[]; reasons: string[] }): string[] {
      const codes = list(row.codes);
      const texts = list(row.reasons);
      return [...new Set(Array.from({ length: Math.max(codes.length, texts.length) }, (_, i) => this.reason(codes[i], texts[i] ?? codes[i] ?? "")))].filter(Boolean);
    },
    change(code: string, text: string): string {
      const known = changes.find((c) => c === keyOf(code));
      return known ? t(`change.${known}`) : text;
    },
    warning({ code, like = "", text }: PersonWarning): string {
      const known = warnings.find((w) => w === code);
      return known ? t(`warning.${known}`, { like }) : text;
    },
    field(label: string): string {
      const known = fields.find((f) => f === label);
      return known ? t(`field.${known}`) : label;
    },
    effect(effect: string): string {
      const known = effects.find((e) => e === effect);
      return known ? t(`effect.${known}`) : effect;
    },
  };
}
