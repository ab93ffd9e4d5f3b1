import { useSyncExternalStore } from "react";

export const screens = ["chat", "approvals", "mail", "reports", "automations", "runs", "trust", "settings"] as const;
export type Screen = (typeof screens)[number];

/** Where the user is: all of it stands in the address, so that a reload comes back to it. */
export interface Route { screen: Screen; id: string; query: Record<string, string> }

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [screen, id = ""] = path.split("/");
  const known = screens.find((s) => s === screen) ?? "chat";
  return { screen: known, id: known === screen ? decode(id) : "", query: Object.fromEntries(new URLSearchParams(search)) };
}

export function href(screen: Screen, id = "", query: Record<string, string | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const tail = search.size > 0 ? `?${search.toString()}` : "";
  return `#/${screen}${id ? `/${encodeURIComponent(id)}` : ""}${tail}`;
}

export function go(to: string, replace = false) {
  if (window.location.hash === to) return;
  if (replace) {
    window.history.replaceState(null, "", to);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else window.location.hash = to;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

let last: { hash: string; route: Route } | undefined;
function current(): Route {
  const hash = window.location.hash;
  if (last?.hash !== hash) last = { hash, route: parseRoute(hash) };
  return last.route;
}

function subscribe(changed: () => void) {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
