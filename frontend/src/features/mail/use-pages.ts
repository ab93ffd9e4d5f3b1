import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { asError, type BackendError, type MailLine } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useCall, useEvents } from "@/lib/hooks";

const page = 100;

interface Pages { query: string; lines: MailLine[]; next: string; error?: BackendError; loading: boolean }

/** A search's mails, page after page by its cursor: what was read stays where it is while new mail comes in. */
export function useMailPages(query: string) {
  const { backend } = useServices();
  const count = useCall("Mail/Count", { query });
  const [pages, setPages] = useState<Pages>({ query, lines: [], next: "", loading: true });
  const asked = useRef(0);

  const read = useCallback(async (from: Pages | undefined) => {
    const mine = ++asked.current;
    try {
      const found = await backend.call("Mail/Search", { query, limit: page, ...(from ? { before: from.next } : {}) });
      if (mine === asked.current) setPages({ query, lines: from ? [...from.lines, ...found.mails] : found.mails, next: found.next, loading: false });
    } catch (problem) {
      if (mine === asked.current) setPages({ query, lines: from?.lines ?? [], next: from?.next ?? "", error: asError(problem), loading: false });
    }
  }, [backend, query]);

  useEffect(() => void read(undefined), [read]);
  const again = useEffectEvent(() => void read(undefined));
  useEvents((e) => {
    if (e.kind === "gap" || (e.kind === "state" && e.state === "done")) again();
  });

  const current = pages.query === query ? pages : { query, lines: [], next: "", loading: true };
  return {
    lines: current.lines,
    error: current.error,
    loading: current.loading,
    count: count.data?.count,
    more: current.next !== "" && !current.error,
    loadMore: () => {
      if (current.next === "" || current.loading) return;
      setPages({ ...current, loading: true });
      void read(current);
    },
    reload: () => void read(undefined),
  };
}
