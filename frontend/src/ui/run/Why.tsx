import "@/i18n/trust";
import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Explanation } from "@/lib/backend";
import { useCall } from "@/lib/hooks";
import { ErrorNote } from "../Note";
import { visible } from "../Quoted";
import { list } from "../sheet/logic";
import { useWords } from "../sheet/use-words";
import { Tag, type Tone } from "../Tag";
import classes from "./Why.module.css";

const layers = ["floor", "mode", "rules", "grants", "roles"] as const;
const verdicts = ["allow", "ask", "deny"] as const;
const tones: Record<(typeof verdicts)[number], Tone> = { allow: "good", ask: "warn", deny: "bad" };

/** Which layer and rule decided a step, every layer's word, and what would have changed it. */
export default function Why({ run, step }: { run: string; step: number }) {
  const { data, error, reload } = useCall("Policy/Explain", { run, step });
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) return <Skeleton height={70} />;
  return <Explained of={data} />;
}

function Explained({ of }: { of: Explanation }) {
  const { t } = useTranslation();
  const words = useWords();
  const said = (verdict: string) => {
    const known = verdicts.find((v) => v === verdict);
    return known ? <Tag tone={tones[known]}>{t(`verdict.${known}`)}</Tag> : <span className={classes.dim}>{t("why.silent")}</span>;
  };
  const changes = list(of.changes);
  return (
    <section className={classes.why} aria-label={t("why.title")} data-testid="why">
      <ol className={classes.layers}>
        {list(of.layers).map((layer) => {
          const known = layers.find((l) => l === layer.layer);
          const decided = layer.rule !== "" && layer.rule === of.rule && layer.verdict === of.verdict;
          return (
            <li key={layer.layer} data-decided={decided || undefined}>
              <span className={classes.layer}>{known ? t(`why.layer_${known}`) : layer.layer}</span>
              <span className={classes.says}>
                {said(layer.verdict)} {layer.rule && <code className={classes.rule}>{visible(layer.rule)}</code>} {decided && <Tag>{t("why.decided")}</Tag>}
                {words.reasons(layer).map((reason) => <span key={reason} className={classes.reason}>{reason}</span>)}
              </span>
            </li>
          );
        })}
      </ol>
      <p className={classes.head}>{t("why.changes")}</p>
      {changes.length === 0 ? <p className={classes.dim}>{t("why.none")}</p> : (
        <ul className={classes.changes}>
          {changes.map((c) => {
            const known = verdicts.find((v) => v === c.verdict);
            return <li key={c.code + c.text}>{visible(words.change(c.code, c.text))} <span className={classes.dim}>{t("why.becomes", { verdict: known ? t(`verdict.${known}`) : c.verdict })}</span></li>;
          })}
        </ul>
      )}
    </section>
  );
}
