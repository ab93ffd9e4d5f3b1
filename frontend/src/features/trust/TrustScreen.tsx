import "@/i18n/trust";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { href, useRoute } from "@/lib/route";
import { Loading, Page } from "@/ui/Page";
import { AlertsPart } from "./AlertsPart";
import { GrantsPart } from "./GrantsPart";
import { LedgerPart } from "./LedgerPart";
import { LeftPart } from "./LeftPart";
import classes from "./Trust.module.css";

const RulesPart = lazy(() => import("./RulesPart"));

const parts = ["alerts", "left", "ledger", "rules", "grants"] as const;
const shown = { alerts: AlertsPart, left: LeftPart, ledger: LedgerPart, rules: RulesPart, grants: GrantsPart };

/** What was noticed, what left, what is written down of it, by which rules, and what is allowed for a while. */
export default function TrustScreen() {
  const { t } = useTranslation();
  const route = useRoute();
  const part = parts.find((p) => p === route.id) ?? "alerts";
  const Part = shown[part];
  const open = useCall("Alerts/List", { open_only: true }).data?.open ?? 0;
  return (
    <Page title={t("nav.trust")} wide>
      <nav className={classes.parts} aria-label={t("trust.parts")}>
        {parts.map((p) => (
          <a key={p} href={href("trust", p)} aria-current={p === part ? "page" : undefined}>
            {t(`trust.${p}`)}
            {p === "alerts" && open > 0 && <span className={classes.count}> {open}</span>}
          </a>
        ))}
      </nav>
      <Suspense fallback={<Loading rows={3} height={80} />}><Part /></Suspense>
    </Page>
  );
}
