/** A day of the user's own calendar as a date field has it: "2026-11-25". */
export function isoDay(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function startOfDay(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

/** The end of a day, but not later than that. */
export function endOfDay(day: string, latest?: Date): string {
  const end = new Date(`${day}T23:59:59.999`);
  return (latest && latest < end ? latest : end).toISOString();
}
