import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = ["#eef6f3", "#dcebe5", "#b8d7cc", "#8fc2b0", "#74b39d", "#579f88", "#3f8b74", "#2a6f5b", "#1f5a49", "#154637"];
const stone: MantineColorsTuple = ["#f8f7f4", "#f1efea", "#e6e3dc", "#d7d3ca", "#b9b4a9", "#918c81", "#6b675e", "#4f4c45", "#37352f", "#22211d"];
const night: MantineColorsTuple = ["#e4e6e4", "#b9bfbc", "#a0a8a4", "#7d8682", "#4a524e", "#39403d", "#2b312e", "#222725", "#1a1e1c", "#131614"];

const sans = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang TC", "Microsoft JhengHei", "Noto Sans TC", "Noto Sans CJK TC", sans-serif';
const mono = 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, "DejaVu Sans Mono", "Noto Sans Mono", "Noto Sans Mono CJK TC", monospace';

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: 7,
  colors: { pine, gray: stone, dark: night },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  headings: { fontFamily: sans, fontWeight: "620" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
  },
});

/** What differs between light and dark beyond Mantine's own: paper, ink, lines, quotations. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#fbfaf7",
    "--mantine-color-text": "#262521",
    "--mantine-color-dimmed": "#635f56",
    "--mantine-color-placeholder": "#706c63",
    "--mantine-color-default-border": "#dcd8cf",
    "--mantine-color-anchor": "#1f5a49",
    "--st-paper": "#ffffff",
    "--st-side": "#f3f1ec",
    "--st-line": "#e6e3dc",
    "--st-hover": "#efede7",
    "--st-chosen": "#dfece6",
    "--st-quote": "#f6efdd",
    "--st-quote-edge": "#c9a94f",
    "--st-accent": "#1f5a49",
    "--st-bad": "#a02a21",
    "--st-bad-soft": "#fbeae7",
    "--st-warn": "#7a4f00",
    "--st-warn-soft": "#fbf1dc",
    "--st-code-word": "#8a2c5b",
    "--st-code-text": "#20613c",
    "--st-code-name": "#1d4f91",
    "--st-code-note": "#67635a",
    "--st-shadow": "0 1px 2px rgb(40 36 28 / 6%), 0 6px 18px rgb(40 36 28 / 5%)",
  },
  dark: {
    "--mantine-color-body": "#171b19",
    "--mantine-color-text": "#e4e6e4",
    "--mantine-color-dimmed": "#a0a8a4",
    "--mantine-color-placeholder": "#98a19c",
    "--mantine-color-default-border": "#39403d",
    "--mantine-color-anchor": "#8fc2b0",
    "--st-paper": "#1e2321",
    "--st-side": "#131614",
    "--st-line": "#2b312e",
    "--st-hover": "#252b28",
    "--st-chosen": "#25382f",
    "--st-quote": "#2c2a1f",
    "--st-quote-edge": "#a08a45",
    "--st-accent": "#8fc2b0",
    "--st-bad": "#f0a59c",
    "--st-bad-soft": "#36211e",
    "--st-warn": "#e5c170",
    "--st-warn-soft": "#302a1b",
    "--st-code-word": "#e79cc0",
    "--st-code-text": "#9ccfae",
    "--st-code-name": "#9dc0f2",
    "--st-code-note": "#98a19c",
    "--st-shadow": "0 1px 2px rgb(0 0 0 / 30%), 0 6px 18px rgb(0 0 0 / 22%)",
  },
});
