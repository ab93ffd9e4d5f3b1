import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useEffectEvent, useRef } from "react";
import { styleNonce } from "@/lib/nonce";
import { look } from "./code-look";

interface Problem { line: number; harmless?: boolean }

const words = /^(?:permit|forbid|when|unless|if|then|else|in|has|like|is)\b/;
const names = /^(?:principal|action|resource|context|true|false)\b/;

/** Cedar, as far as colours go. */
const cedar = StreamLanguage.define<null>({
  name: "cedar",
  startState: () => null,
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^@\w+/)) return "meta";
    if (stream.match(words)) return "keyword";
    if (stream.match(names) ?? stream.match(/^\d+/)) return "atom";
    if (!stream.match(/^\w+/)) stream.next();
    return null;
  },
});

const colours = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.keyword, color: "var(--st-code-word)" },
  { tag: tags.string, color: "var(--st-code-text)" },
  { tag: [tags.atom, tags.meta], color: "var(--st-code-name)" },
  { tag: tags.comment, color: "var(--st-code-note)", fontStyle: "italic" },
]));

const setProblems = StateEffect.define<readonly Problem[]>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, change) {
    let now = before.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(setProblems)) continue;
      const { doc } = change.state;
      const lines = [...new Map(effect.value.filter((p) => p.line >= 1 && p.line <= doc.lines).map((p) => [p.line, p])).values()].sort((a, b) => a.line - b.line);
      now = Decoration.set(lines.map((p) => Decoration.line({ class: p.harmless ? "st-harmless" : "st-wrong" }).range(doc.line(p.line).from)));
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Rules to write, with their colours; lines with a problem are marked. Escape, then Tab, leaves it. */
export default function CodeEdit({ source, label, problems, goTo, onChange }: { source: string; label: string; problems: readonly Problem[]; goTo: { line: number; asked: number }; onChange: (text: string) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const begin = useRef(source);
  const changed = useEffectEvent(onChange);
  useEffect(() => {
    if (!place.current) return undefined;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: begin.current,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping, history(), lineNumbers(), bracketMatching(), cedar, colours, marked, look,
        ],
      }),
    });
    editor.current = view;
    return () => {
      view.destroy();
      editor.current = undefined;
    };
  }, [label]);
  useEffect(() => {
    editor.current?.dispatch({ effects: setProblems.of(problems) });
  }, [problems]);
  useEffect(() => {
    const view = editor.current;
    if (!view || goTo.asked === 0 || goTo.line < 1 || goTo.line > view.state.doc.lines) return;
    view.dispatch({ selection: { anchor: view.state.doc.line(goTo.line).from }, scrollIntoView: true });
    view.focus();
  }, [goTo]);
  return <div ref={place} data-testid="rules" />;
}
