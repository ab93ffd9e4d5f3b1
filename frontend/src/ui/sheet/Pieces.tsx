import "@/i18n/trust";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Piece } from "@/lib/backend";
import { list, stretches } from "./logic";
import classes from "./Pieces.module.css";

// In an address, a letter of another alphabet is one to look at.
const foreign = /([^\u0020-\u007e]+)/u;

function marked(text: string) {
  return text.split(foreign).map((piece, i) => (i % 2 === 1 ? <mark key={i} className={classes.foreign} data-foreign>{piece}</mark> : piece));
}

/** A text whose pieces know who wrote them: what others wrote stands as a quotation, and what nobody would see is named. With `plain`, which an
 * address should be, other letters than those of a keyboard are marked, too. */
export function Pieces({ pieces, plain = false }: { pieces: readonly Piece[] | null | undefined; plain?: boolean }) {
  const { t } = useTranslation();
  return (
    <bdi className={classes.text}>
      {stretches(list(pieces)).map((stretch, i) => {
        const inside = stretch.parts.map((part, j) =>
          part.spelt ? <span key={j} className={classes.spelt} data-spelt>[{part.spelt}]{part.times > 1 ? ` ×${part.times}` : ""}</span> : <Fragment key={j}>{plain ? marked(part.text) : part.text}</Fragment>,
        );
        if (!stretch.outside) return <span key={i}>{inside}</span>;
        return <q key={i} className={classes.outside} data-outside title={t("sheet.others")}><span className={`visually-hidden ${classes.said ?? ""}`}>{t("sheet.others")}: </span>{inside}</q>;
      })}
    </bdi>
  );
}
