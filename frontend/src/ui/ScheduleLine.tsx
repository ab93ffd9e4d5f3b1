import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Automation } from "@/lib/backend";
import { dayTime, time } from "@/lib/format";

const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When an automation is due, in words, and its next times. */
export function ScheduleLine({ automation }: { automation: Pick<Automation, "schedule" | "next"> }) {
  const { t, i18n } = useTranslation();
  const { days, time: at, zone } = automation.schedule;
  const joined = days.join();
  const words = joined === week.join() ? t("schedule.daily") : joined === week.slice(0, 5).join() ? t("schedule.weekdays")
    : week.filter((d) => days.includes(d)).map((d) => t(`day.${d}`)).join(t("schedule.and"));
  const next = automation.next.map(time).filter((d) => d !== undefined).map((d) => dayTime(d, i18n.language));
  return (
    <Text size="sm" c="dimmed" component="div" data-testid="schedule">
      <div>{t("schedule.at", { days: words, time: at, zone })}</div>
      {next.length > 0 && <div>{t("schedule.next", { times: next.join(i18n.language === "zh-Hant" ? "、" : " · ") })}</div>}
    </Text>
  );
}
