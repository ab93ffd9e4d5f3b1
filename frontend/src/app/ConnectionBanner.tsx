import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useConnection } from "@/lib/hooks";
import classes from "./ConnectionBanner.module.css";

/** Says so while the backend does not answer. It goes by itself when the backend is back. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const connection = useConnection();
  const away = connection === "lost" || connection === "denied";
  return (
    <div role="status" aria-live="polite">
      {away && (
        <div className={classes.banner} data-testid="away">
          <IconPlugConnectedX size={18} aria-hidden />
          <span>{connection === "denied" ? t("error.session_text") : t("shell.away")}</span>
        </div>
      )}
    </div>
  );
}
