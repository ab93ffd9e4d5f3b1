import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { MailLine } from "@/lib/backend";
import { address } from "@/lib/format";
import { visible } from "@/ui/Quoted";
import { Tag } from "@/ui/Tag";
import { Time } from "@/ui/Time";
import classes from "./Mail.module.css";

const height = 68;
const ahead = 30; // rows before the end at which the next page is asked for

interface Pages { lines: MailLine[]; more: boolean; loadMore: () => void; count: number | undefined }

/** The long list: only what is seen is there, the rest is only its height. */
export function MailList({ pages, chosen, onOpen, hrefOf }: { pages: Pages; chosen: string; onOpen: (id: string) => void; hrefOf: (id: string) => string }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { lines } = pages;
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer's functions stay in this component
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const want = useEffectEvent(() => pages.loadMore());
  useEffect(() => {
    if (pages.more && last >= lines.length - ahead) want();
  }, [last, lines.length, pages.more]);

  function moved(e: KeyboardEvent) {
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const focused = (e.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset.index;
    const to = Math.min(lines.length - 1, Math.max(0, Number(focused ?? -1) + step));
    e.preventDefault();
    rows.scrollToIndex(to);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${to}"] a`)?.focus());
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the arrow keys move between the links inside
    <div ref={box} className={classes.scroller} onKeyDown={moved} data-testid="mail-list">
      <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const mail = lines[item.index];
          if (!mail) return null;
          return (
            <li key={mail.id} data-index={item.index} className={classes.row} style={{ transform: `translateY(${item.start}px)`, height }} aria-setsize={pages.count ?? -1} aria-posinset={item.index + 1}>
              <a href={hrefOf(mail.id)} aria-current={mail.id === chosen || undefined} data-unread={mail.unread || undefined} onClick={(e) => { if (e.ctrlKey || e.metaKey) return; e.preventDefault(); onOpen(mail.id); }}>
                <span className={classes.who}>
                  {mail.unread && <span className="visually-hidden">{t("mail.unread")} </span>}
                  <span className={classes.from}>{visible(address(mail.from).name)}</span>
                  <span className={classes.when}><Time value={mail.received} /></span>
                </span>
                <span className={classes.what}>
                  <span className={classes.subject}>{visible(mail.subject) || t("mail.no_subject")}</span>
                  {mail.kind !== "personal" && <Tag>{t(`kind.${mail.kind}`)}</Tag>}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
