import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Frame.module.css";

/** The calm frame of the way in: one question at a time. */
export function Frame({ title, text, step, steps, children }: { title: string; text?: ReactNode; step?: number; steps?: number; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className={classes.frame}>
      <div className={classes.card}>
        <div className={classes.brand}><img src="./icon.svg" width={34} height={34} alt="" /> Steward</div>
        {step !== undefined && steps !== undefined && (
          <div className={classes.steps}>
            <span className="visually-hidden">{t("start.step", { step, steps })}</span>
            {Array.from({ length: steps }, (_, i) => <span key={i} data-done={i < step || undefined} aria-hidden />)}
          </div>
        )}
        <Title order={1} size="h2" className={classes.title}>{title}</Title>
        {text && <Text component="div" c="dimmed" mt={6}>{text}</Text>}
        <Stack gap="md" mt="lg">{children}</Stack>
      </div>
    </main>
  );
}
