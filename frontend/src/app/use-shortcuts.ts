import { useEffect, useEffectEvent, useRef } from "react";
import { go, href, type Screen } from "@/lib/route";

export const places: Record<string, Screen> = { c: "chat", w: "approvals", m: "mail", r: "reports", a: "automations", u: "runs", t: "trust", s: "settings" };
const patience = 1_200; // between G and the second key

/** The keys that work everywhere. None of them takes a letter away from a field. */
export function useShortcuts({ palette, help, lock }: { palette: () => void; help: () => void; lock: () => void }) {
  const began = useRef(0);
  const pressed = useEffectEvent((e: KeyboardEvent) => {
    const key = e.key.toLowerCase();
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && key === "k") {
      e.preventDefault();
      palette();
      return;
    }
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.shiftKey && key === "l") {
      e.preventDefault();
      lock();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    if (e.timeStamp - began.current < patience && places[key]) {
      began.current = 0;
      e.preventDefault();
      go(href(places[key]));
    } else if (key === "g") began.current = e.timeStamp;
    else if (e.key === "?") help();
    else if (e.key === "/") {
      const field = document.querySelector<HTMLElement>("[data-main-field]");
      if (field) {
        e.preventDefault();
        field.focus();
      }
    }
  });
  useEffect(() => {
    const listen = (e: KeyboardEvent) => pressed(e);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
