import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { preferred, speak, startI18n } from ".";

beforeAll(() => startI18n("en"));

test("the machine's languages choose the nearest that there is", () => {
  expect(preferred(["zh-TW", "en"])).toBe("zh-Hant");
  expect(preferred(["zh-Hant-HK"])).toBe("zh-Hant");
  expect(preferred(["fr", "en-GB"])).toBe("en");
  expect(preferred(["zh-CN", "zh-TW"])).toBe("zh-Hant");
  expect(preferred([])).toBe("en");
});

test("changing the language changes the page's", () => {
  expect(i18next.t("mail.count", { count: 1 })).toBe("1 mail");
  expect(i18next.t("mail.count", { count: 2 })).toBe("2 mails");
  speak("zh-Hant");
  expect(document.documentElement.lang).toBe("zh-Hant");
  expect(i18next.t("mail.count", { count: 1 })).toBe("1 封郵件");
  speak("en");
});

test("what is filled in stays as it is", () => {
  expect(i18next.t("palette.ask", { text: "<b>&</b>" })).toBe("Ask: <b>&</b>");
});
