import { Skeleton, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import classes from "./Settings.module.css";

export function HealthPart() {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("System/Doctor", {});
  return (
    <Section title={t("settings.doctor")} note={data ? t(data.ok ? "settings.doctor_ok" : "settings.doctor_bad") : undefined}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={120} />}
      <ul className={classes.list}>
        {data?.checks.map((c) => (
          <li key={c.name} className={classes.line}>
            {c.ok ? <IconCircleCheck size={19} className={classes.good} aria-label={t("state.done")} role="img" /> : <IconCircleX size={19} className={classes.bad} aria-label={t("state.failed")} role="img" />}
            <div className={classes.grow}>
              <Text size="sm" component="span" fw={550}>{c.name}</Text>
              <Text size="sm" c="dimmed">{c.found}</Text>
              {c.hint && <Text size="sm">{c.hint}</Text>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
