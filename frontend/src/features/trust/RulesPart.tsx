import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import "@mantine/core/styles/Radio.css";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mode, PolicyState, RuleProblem } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { Fold } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Loading, Section } from "@/ui/Page";
import { visible } from "@/ui/Quoted";
import { list } from "@/ui/sheet/logic";
import { Tag } from "@/ui/Tag";
import classes from "./Trust.module.css";

const CodeEdit = lazy(() => import("@/ui/CodeEdit"));
const modes: Mode[] = ["careful", "balanced", "locked"];

/** How strict Steward is, and the user's own rules on top of it. */
export default function RulesPart() {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const { data, error, reload } = useCall("Policy/Get", {});
  const again = () => live.refresh((m) => m.startsWith("Policy/"));
  const mode = useAction(async (next: Mode) => {
    try {
      await backend.call("Policy/SetMode", { mode: next });
    } finally {
      again();
    }
  });
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) return <Loading rows={4} height={70} />;
  return (
    <>
      <Section title={t("trust.mode")} note={t("trust.mode_note")}>
        <Radio.Group value={data.mode || "balanced"} onChange={(v) => void mode.run(v)} aria-label={t("trust.mode")}>
          <Stack gap="sm">
            {modes.map((m) => <Radio key={m} value={m} disabled={mode.busy} label={t(`trust.mode_${m}`)} description={t(`trust.mode_${m}_text`)} />)}
          </Stack>
        </Radio.Group>
        {mode.error && <ErrorNote error={mode.error} />}
      </Section>
      <Rules policy={data} onSaved={again} />
      <Section title={t("trust.agents")}>
        {list(data.agents).map((a) => (
          <Fold key={a.name} summary={`${a.name} (${list(a.capabilities).length})`}>
            <Group gap={6}>{list(a.capabilities).map((c) => <span key={c.name}><code className={classes.code}>{c.name}</code> <Tag tone={c.effect === "read" ? "plain" : "good"}>{c.effect}</Tag></span>)}</Group>
          </Fold>
        ))}
      </Section>
    </>
  );
}

function Rules({ policy, onSaved }: { policy: PolicyState; onSaved: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [text, setText] = useState(policy.rules);
  const [saved, setSaved] = useState<PolicyState>();
  const [line, setLine] = useState({ line: 0, asked: 0 });
  const [fresh, setFresh] = useState(0); // a new editor for each text that is not the user's typing
  const known = saved ?? policy;
  const save = useAction(async () => {
    setSaved(undefined);
    setSaved(await backend.call("Policy/SetRules", { rules: text }));
    onSaved();
  });
  const changed = text !== known.rules;
  const problems = list(known.problems);
  return (
    <Section title={t("trust.rules_title")} note={t("trust.rules_note")}>
      <Suspense fallback={<Loading rows={1} height={220} />}>
        <CodeEdit key={fresh} source={fresh === 0 ? policy.rules : known.rules} label={t("trust.rules_label")} problems={changed ? [] : problems} goTo={line} onChange={setText} />
      </Suspense>
      <Group mt="sm" gap="xs">
        <Button disabled={!changed} loading={save.busy} onClick={() => void save.run()}>{t("trust.save_rules")}</Button>
        <Button variant="default" disabled={!changed || save.busy} onClick={() => { setText(known.rules); setFresh((n) => n + 1); }}>{t("trust.undo")}</Button>
        {saved && !changed && <Text size="sm" role="status">{t("trust.saved")}</Text>}
      </Group>
      {save.error && <div className={classes.result}><ErrorNote error={save.error} /></div>}
      {!changed && (problems.length === 0 ? <Text size="sm" c="dimmed" mt="sm">{t("trust.rules_fine")}</Text> : <Problems problems={problems} onLine={(n) => setLine((l) => ({ line: n, asked: l.asked + 1 }))} />)}
    </Section>
  );
}

function Problems({ problems, onLine }: { problems: readonly RuleProblem[]; onLine: (line: number) => void }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.problems}>
      {problems.map((p) => (
        <li key={`${p.line}:${p.column} ${p.message}`}>
          <Group gap={8}>
            <Button size="compact-xs" variant="default" onClick={() => onLine(p.line)}>{t("trust.at_line", { line: p.line })}</Button>
            <Tag tone={p.harmless ? "warn" : "bad"}>{p.harmless ? t("trust.no_effect") : t("trust.problem")}</Tag>
            <Text size="sm" component="span">{visible(p.message)}</Text>
          </Group>
          {p.hint && <Text size="sm" c="dimmed">{visible(p.hint)}</Text>}
        </li>
      ))}
    </ul>
  );
}
