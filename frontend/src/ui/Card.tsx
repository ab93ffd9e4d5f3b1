import type { ReactNode } from "react";
import classes from "./Card.module.css";

export function Card({ children, label }: { children: ReactNode; label?: string }) {
  return <article className={classes.card} aria-label={label}>{children}</article>;
}

/** A fold that the browser itself opens and closes. */
export function Fold({ summary, children, open, onOpen }: { summary: ReactNode; children: ReactNode; open?: boolean; onOpen?: (open: boolean) => void }) {
  return (
    <details className={classes.fold} open={open} onToggle={(e) => onOpen?.(e.currentTarget.open)}>
      <summary>{summary}</summary>
      <div className={classes.inside}>{children}</div>
    </details>
  );
}
