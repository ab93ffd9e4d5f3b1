import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type AlertLine } from "@/lib/backend";
import { useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { useAlert } from "./use-alert";

/** A short word in the corner when something new was noticed. What was there before the page is told by the number alone. */
export default function AlertToasts() {
  const { t } = useTranslation();
  const words = useAlert();
  const known = useRef<Set<string> | undefined>(undefined);
  const { data } = useCall("Alerts/List", { open_only: true });
  const tell = useEffectEvent((alert: AlertLine) => {
    notifications.show({ id: `alert-${alert.id}`, color: "yellow", autoClose: 12_000, title: words(alert).title, message: <Anchor size="sm" href={href("trust", "alerts")} onClick={() => notifications.hide(`alert-${alert.id}`)}>{t("trust.new_alert")}</Anchor>, closeButtonProps: { "aria-label": `${words(alert).title}: ${t("close")}` } });
  });
  useEffect(() => {
    if (!data) return;
    const before = known.current;
    known.current = new Set([...(before ?? []), ...data.alerts.map((a) => a.id)]);
    if (!before) return;
    for (const alert of data.alerts) if (!before.has(alert.id)) tell(alert);
  }, [data]);
  return null;
}
