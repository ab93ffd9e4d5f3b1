// A script is the body of an async function. What it returns is shown to the user.
// A text from outside. It is opaque: coercing, comparing, logging or JSON-ing one throws. Pass it on as it is.
interface Handle { readonly __handle: unique symbol }
type Text = string | Handle
// Any object that a capability returned, such as a Mail.
type Item = object
// The parameters that the user's request gave.
declare const params: Record<string, any>
// t`Hello ${handle}` is a text around handles; arrays are joined with ", ", null is "".
declare function t(strings: TemplateStringsArray, ...parts: (Text | number | Date | null | boolean | Text[])[]): Text
declare function join(items: Text[], separator?: string): Text
// In the user's time zone; weeks begin on Monday.
declare const dates: {
  now(): Date; today(): Date; startOf(unit: "day" | "week" | "month" | "year", d?: Date): Date
  add(d: Date, n: number, unit: "minute" | "hour" | "day" | "week" | "month" | "year"): Date; next(weekday: string, time?: string): Date
  format(d: Date, style?: "date" | "time" | "datetime" | "weekday"): string; daysBetween(a: Date, b: Date): number
}
