import type { MantineColorScheme, MantineColorSchemeManager } from "@mantine/core";

let chosen: MantineColorScheme | undefined;

/** Keeps the scheme in memory: what the user chose is a setting of Steward, and the page itself stores nothing. */
export const colorScheme: MantineColorSchemeManager = {
  get: (fallback) => chosen ?? fallback,
  set: (value) => {
    chosen = value;
  },
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => {
    chosen = undefined;
  },
};
