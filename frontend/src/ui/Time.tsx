import { useTranslation } from "react-i18next";
import { dayTime, fullTime, shortTime, time } from "@/lib/format";

/** A time, short or with its day; the whole of it on hovering. */
export function Time({ value, form = "short" }: { value: string | undefined; form?: "short" | "day" | "full" }) {
  const { i18n } = useTranslation();
  const at = time(value);
  if (!at) return null;
  const text = form === "short" ? shortTime(at, new Date(), i18n.language) : form === "day" ? dayTime(at, i18n.language) : fullTime(at, i18n.language);
  return <time dateTime={at.toISOString()} title={fullTime(at, i18n.language)}>{text}</time>;
}
