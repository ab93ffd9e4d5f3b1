import type { Schedule } from "../api.gen";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Reads "Every weekday at 8:00" and 「每個工作日早上八點」, with or without a request in front. */
export function readSchedule(text: string): { request: string; schedule: Schedule } | undefined {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const en = /\bevery (weekday|day)\s+at (\d{1,2})(?::(\d{2}))?/i.exec(text);
  if (en) return { request: text.replace(en[0], "").trim(), schedule: { days: en[1]?.toLowerCase() === "day" ? days : days.slice(0, 5), time: clock(Number(en[2]), Number(en[3] ?? 0)), zone } };
  const zh = /每(?:個)?(工作日|天|日)(?:早上|上午)?([一二三四五六七八九十]{1,2}|\d{1,2})(?:點|:(\d{2}))/.exec(text);
  if (!zh) return undefined;
  const hour = Number(zh[2]) || "一二三四五六七八九十".indexOf(zh[2] ?? "") + 1;
  return { request: text.replace(zh[0], "").trim(), schedule: { days: zh[1] === "工作日" ? days.slice(0, 5) : days, time: clock(hour, Number(zh[3] ?? 0)), zone } };
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

export function nextTimes(schedule: Schedule, now: Date): string[] {
  const [hour = 0, minute = 0] = schedule.time.split(":").map(Number);
  const found: string[] = [];
  for (let i = 0; found.length < 3 && i < 15; i++) {
    const at = new Date(now.getTime() + i * 86_400_000);
    at.setHours(hour, minute, 0, 0);
    if (at > now && schedule.days.includes(days[(at.getDay() + 6) % 7] ?? "")) found.push(at.toISOString());
  }
  return found;
}
