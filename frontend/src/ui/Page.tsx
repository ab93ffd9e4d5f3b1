import { Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Page.module.css";

/** A screen with its heading; its content scrolls. */
export function Page({ title, actions, children, wide }: { title: string; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Title order={1} size="h3">{title}</Title>
        <Group gap="xs">{actions}</Group>
      </header>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard */}
      <div className={classes.body} tabIndex={0} role="region" aria-label={title}>
        <div className={wide ? classes.wide : classes.column}>{children}</div>
      </div>
    </div>
  );
}

/** What stands where there is nothing yet: what this place is for, and what to do. */
export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} className={classes.empty}>
      <span className={classes.emptyIcon} aria-hidden>{icon}</span>
      <Text fw={600}>{title}</Text>
      <Text component="div" size="sm" c="dimmed" ta="center" maw={420}>{children}</Text>
    </Stack>
  );
}

export function Loading({ rows = 4, height = 44 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, i) => <Skeleton key={i} height={height} radius="md" animate />)}
    </Stack>
  );
}

/** A part of a page under a heading of its own. */
export function Section({ title, children, note }: { title: string; children: ReactNode; note?: ReactNode }) {
  return (
    <section className={classes.section}>
      <Title order={2} size="h5">{title}</Title>
      {note && <Text size="sm" c="dimmed">{note}</Text>}
      <div className={classes.sectionBody}>{children}</div>
    </section>
  );
}
