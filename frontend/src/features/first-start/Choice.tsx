import { Text, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Choice.module.css";

/** One of a few large answers; the chosen one is marked, and told to a screen reader. */
export function Choice({ chosen, onChoose, icon, title, children, disabled, lang }: { chosen?: boolean; onChoose: () => void; icon?: ReactNode; title: string; children?: ReactNode; disabled?: boolean; lang?: string }) {
  return (
    <UnstyledButton className={classes.choice} data-chosen={chosen === true ? true : undefined} aria-pressed={chosen} onClick={onChoose} disabled={disabled} lang={lang}>
      {icon && <span className={classes.icon} aria-hidden>{icon}</span>}
      <span>
        <Text component="span" fw={600} display="block">{title}</Text>
        {children && <Text component="span" size="sm" c="dimmed" display="block">{children}</Text>}
      </span>
    </UnstyledButton>
  );
}
