import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import type { trustEn } from "./trust.en";
import { zhHant } from "./zh-Hant";

export const languages = { en: "English", "zh-Hant": "繁體中文" } as const;
export type Language = keyof typeof languages;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en & typeof trustEn };
  }
}

/** The language of the machine, as far as there is a translation. */
export function preferred(wanted: readonly string[]): Language {
  for (const one of wanted) {
    if (/^zh-(hant|tw|hk|mo)/i.test(one)) return "zh-Hant";
    if (/^en/i.test(one)) return "en";
  }
  return "en";
}

export function startI18n(language: Language) {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, "zh-Hant": { translation: zhHant } },
    interpolation: { escapeValue: false }, // React does, and nothing here becomes markup
    returnNull: false,
  });
  const show = (lng: string) => {
    document.documentElement.lang = lng;
  };
  i18next.on("languageChanged", show);
  show(language);
}

export function speak(language: Language) {
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
