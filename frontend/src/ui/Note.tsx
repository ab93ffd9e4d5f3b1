import { Button, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError } from "@/lib/backend";
import classes from "./Note.module.css";

const named = ["invalid", "not_found", "denied", "limit", "script", "unsupported", "unavailable", "conflict", "damaged", "locked", "newer", "disk_full", "non_deterministic", "gone", "unknown", "cancelled", "internal", "unreachable", "session"] as const;

/** An error in plain words: what kind, what happened, and what helps. */
export function ErrorNote({ error, onRetry }: { error: ApiError; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const code = named.find((c) => c === error.code) ?? "internal";
  return (
    <div className={classes.note} data-bad role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div className={classes.inside}>
        <Text size="sm" className={classes.title}>{t(`error.${code}`)}</Text>
        <Text size="sm">{code === "unreachable" ? t("error.unreachable_text") : code === "session" ? t("error.session_text") : error.message}</Text>
        {error.hint && <Text size="sm" className={classes.hint}>{error.hint}</Text>}
        {onRetry && <Button mt="xs" size="compact-sm" variant="default" onClick={onRetry}>{t("retry")}</Button>}
      </div>
    </div>
  );
}

export function WarnNote({ children, title }: { children?: ReactNode; title?: string }) {
  return (
    <div className={classes.note}>
      <IconInfoCircle size={18} aria-hidden />
      <div className={classes.inside}>
        {title && <Text size="sm" className={classes.title}>{title}</Text>}
        <Text size="sm" component="div">{children}</Text>
      </div>
    </div>
  );
}
