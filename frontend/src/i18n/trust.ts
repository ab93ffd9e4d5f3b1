import i18next from "i18next";
import { trustEn } from "./trust.en";
import { trustZhHant } from "./trust.zh-Hant";

// The words of approvals, trust, lock and accounts: they come with the first of these that is looked at, not with the page.
function add() {
  i18next.addResourceBundle("en", "translation", trustEn, true, true);
  i18next.addResourceBundle("zh-Hant", "translation", trustZhHant, true, true);
}

if (i18next.isInitialized) add();
else i18next.on("initialized", add);
