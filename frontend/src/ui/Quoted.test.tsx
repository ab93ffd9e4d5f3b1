import { MantineProvider } from "@mantine/core";
import { render } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";
import { startI18n } from "@/i18n";
import { Quoted, visible } from "./Quoted";
import { ReportView } from "./report/ReportView";

const hostile = [
  '<img src=x onerror="document.title=1">', "<script>alert(1)</script>", '<a href="https://evil.example">x</a>', "[x](javascript:alert(1))", "![x](https://evil.example/t.png)",
  "<svg/onload=alert(1)>", "<style>*{display:none}</style>", "</q><h1>Approved by Steward</h1>", "https://evil.example/", "# Heading", "&lt;b&gt;",
];

beforeAll(() => {
  startI18n("en");
  window.matchMedia = (query: string) => ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as MediaQueryList;
});

test("text becomes text, whoever wrote it", () => {
  for (const text of hostile) {
    for (const quoted of [true, false]) {
      const { container, unmount } = render(<Quoted spans={[{ text, quoted }]} />);
      expect(container.textContent).toBe(text);
      expect([...container.querySelectorAll("*")].map((e) => e.tagName)).toEqual([quoted ? "Q" : "SPAN"]);
      unmount();
    }
  }
});

test("a report made of hostile text has no element that its text asked for", () => {
  for (const text of hostile) {
    const spans = [{ text, quoted: true }];
    const { container, unmount } = render(
      <MantineProvider>
        <ReportView onMail={() => undefined} report={{ id: "p1", run: "r1", title: spans, created: "", markdown: "", html: "", document: { lang: "en", title: spans, summary: spans, sections: [{ title: spans, note: spans, items: [{ text: spans, detail: spans, tag: spans, mail: "m1" }, { text: spans }] }] } }} />
      </MantineProvider>,
    );
    expect(container.querySelectorAll("a, img, script, iframe, style:not([data-mantine-styles]), h1, q *").length).toBe(0);
    expect(container.querySelectorAll("[data-quoted]").length).toBe(8);
    unmount();
  }
});

test("letters that hide or turn others are left out", () => {
  expect(visible("a\u202Eb\u200Bc\u0007d\u2066e\u{E0041}f")).toBe("abcdef");
  expect(visible("中文\n👨‍👩‍👧 é")).toBe("中文\n👨‍👩‍👧 é"); // a joiner inside an emoji stays
});
