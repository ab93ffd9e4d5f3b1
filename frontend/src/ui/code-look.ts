import { EditorView } from "@codemirror/view";

/** How code looks, to read or to write. */
export const look = EditorView.theme({
  "&": { fontSize: "12.5px", borderRadius: "8px", border: "1px solid var(--st-line)", backgroundColor: "var(--mantine-color-body)" },
  "&.cm-focused": { outline: "2px solid var(--st-accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6", maxHeight: "420px", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--mantine-color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--mantine-color-dimmed)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 10px 0 12px" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--st-chosen)" },
  ".st-wrong": { backgroundColor: "var(--st-bad-soft)", boxShadow: "inset 3px 0 var(--st-bad)" },
  ".st-harmless": { backgroundColor: "var(--st-warn-soft)", boxShadow: "inset 3px 0 var(--st-warn)" },
});
