import { Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { Fold } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { Tag } from "@/ui/Tag";
import classes from "./Settings.module.css";

export function AgentsPart() {
  const { t, i18n } = useTranslation();
  const { data, error, reload } = useCall("Agents/List", {});
  return (
    <Section title={t("settings.agents")} note={t("settings.agents_note")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={120} />}
      <ul className={classes.list}>
        {data?.agents.map((agent) => (
          <li key={agent.name} className={classes.line}>
            <div className={classes.grow}>
              <Text fw={600} size="sm">{agent.name}</Text>
              <Text size="sm" c="dimmed">{agent.purpose}</Text>
              <Fold summary={t("settings.capabilities", { count: agent.capabilities.length })}>
                <ul className={classes.list}>
                  {agent.capabilities.map((c) => (
                    <li key={c.name} className={classes.line}>
                      <div className={classes.grow}><code className={classes.code}>{c.name}</code><Text size="sm" c="dimmed" mt={2}>{c.doc}</Text></div>
                      <Tag tone={c.effect === "read" ? "plain" : "good"}>{c.effect}</Tag>
                    </li>
                  ))}
                </ul>
              </Fold>
            </div>
          </li>
        ))}
      </ul>
      {data && data.skills.length > 0 && (
        <>
          <Text fw={600} size="sm" mt="md">{t("settings.skills")}</Text>
          <ul className={classes.list}>
            {data.skills.map((s) => {
              const example = s.examples[i18n.language] ?? s.examples.en;
              return (
                <li key={s.name} className={classes.line}>
                  <div className={classes.grow}>
                    <Text size="sm">{s.name}</Text>
                    <Text size="sm" c="dimmed">{s.description}</Text>
                    {example && <Text size="sm" c="dimmed">{t("settings.example", { text: example })}</Text>}
                  </div>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Section>
  );
}
