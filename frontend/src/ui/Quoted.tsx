import type { Spans } from "@/lib/backend";
import classes from "./Quoted.module.css";

/** A text whose pieces know who wrote them. What others wrote is shown as a quotation, and as text only: whatever looks like
 * markup, a link or HTML in it stays letters. */
export function Quoted({ spans }: { spans: Spans }) {
  return spans.filter((span) => span.text !== "").map((span, i) =>
    span.quoted ? (
      <q key={i} className={classes.quoted} data-quoted>{visible(span.text)}</q>
    ) : (
      <span key={i} className={classes.own}>{visible(span.text)}</span>
    ),
  );
}

/** Takes out what could hide or reorder the letters around it. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu, "");
}

/** Whether there is anything to read in a text. */
export const says = (spans: Spans | undefined): spans is Spans => spans?.some((s) => visible(s.text).trim() !== "") === true;
