import { IconCheck, IconDots, IconHelp, IconHourglass, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Step } from "@/lib/backend";
import { effectName, span } from "@/lib/format";
import { visible } from "../Quoted";
import classes from "./Steps.module.css";

const Why = lazy(() => import("./Why"));

const verdicts = ["allow", "ask", "deny"] as const; // none is a denial
const icons = { intent: IconDots, staged: IconHourglass, done: IconCheck, failed: IconX, unknown: IconHelp };

/** The journal: what was called, what it does to the world, who decided, how long it took, and the proof. */
export function Steps({ steps }: { steps: Step[] }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState(0);
  return (
    <ol className={classes.steps}>
      {steps.map((step) => {
        const Icon = icons[step.state];
        const effect = effectName(step.effect);
        return (
          <li key={step.seq} data-state={step.state}>
            <Icon size={15} className={classes.icon} aria-hidden />
            <span className={classes.main}>
              <span className={classes.name}>{step.capability}</span>
              <span className="visually-hidden">{t(`step.${step.state}`)}</span>
              <span className={classes.effect} data-changes={effect !== "read" || undefined} title={step.decision.rule}>
                {effect} · {t(`verdict.${verdicts.find((v) => v === step.decision.verdict) ?? "deny"}`)}
              </span>
              {step.receipt && <span className={classes.receipt} title={step.receipt.id}>{t("step.receipt", { kind: step.receipt.kind, id: step.receipt.id.slice(0, 12) })}</span>}
              {step.decision.rule !== "" && (
                <button type="button" className={classes.ask} aria-expanded={why === step.seq} aria-label={t("step.why_of", { capability: step.capability })} onClick={() => setWhy(why === step.seq ? 0 : step.seq)}>{t("step.why")}</button>
              )}
              {step.error && <span className={classes.error}>{visible(step.error.message)}{step.error.hint ? ` ${visible(step.error.hint)}` : ""}</span>}
              {why === step.seq && <span className={classes.why}><Suspense fallback={t("loading")}><Why run={step.run} step={step.seq} /></Suspense></span>}
            </span>
            <span className={classes.time}>{span(step.issued, step.ended)}</span>
          </li>
        );
      })}
    </ol>
  );
}
