import { javascript } from "@codemirror/lang-javascript";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { styleNonce } from "@/lib/nonce";
import { look } from "./code-look";

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--st-code-word)" },
    { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--st-code-text)" },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.number, tags.bool], color: "var(--st-code-name)" },
    { tag: tags.comment, color: "var(--st-code-note)", fontStyle: "italic" },
  ]),
);

export default function CodeView({ source, label }: { source: string; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: source,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          lineNumbers(),
          javascript({ typescript: true }),
          colours,
          look,
        ],
      }),
    });
    return () => view.destroy();
  }, [source, label]);
  return <div ref={place} />;
}
