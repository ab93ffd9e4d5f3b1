import { useMantineColorScheme } from "@mantine/core";
import "@mantine/spotlight/styles.css";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { IconLanguage, IconLock, IconMoonStars, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { languages } from "@/i18n";
import { useServices } from "@/lib/context";
import { useCall } from "@/lib/hooks";
import { go, href, screens } from "@/lib/route";
import { useLock } from "./Lock";

/** Everything that can be done from anywhere, by typing a few letters of it. */
export default function Palette({ wanted, onKeys }: { wanted: number; onKeys: () => void }) {
  const { t, i18n } = useTranslation();
  const { backend, live } = useServices();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState("");
  useEffect(() => {
    if (wanted > 0) spotlight.open();
  }, [wanted]);
  const lock = useLock();
  const state = useCall("Lock/State", {}).data;
  const lockable = state?.passphrase === true || state?.second_factor === true;
  const other = i18n.language === "zh-Hant" ? "en" : "zh-Hant";
  const set = (change: Parameters<typeof backend.call<"Settings/Set">>[1]) =>
    void backend.call("Settings/Set", change).then(() => live.refresh((m) => m === "Settings/Get"), () => undefined);
  const typed = query.trim();
  const actions: SpotlightActionData[] = [
    ...screens.map((screen) => ({ id: screen, label: t("palette.go", { place: t(`nav.${screen}`) }), keywords: [screen], onClick: () => go(href(screen)) })),
    { id: "unread", label: t("palette.unread"), onClick: () => go(href("mail", "", { q: "is:unread" })) },
    { id: "import", label: t("palette.import"), onClick: () => go(href("mail", "", { import: "1" })) },
    ...(["light", "dark", "auto"] as const).map((theme) => ({
      id: theme, label: t("palette.theme", { theme: t(`theme.${theme}`) }), leftSection: <IconMoonStars size={17} aria-hidden />,
      onClick: () => { setColorScheme(theme); set({ theme }); },
    })),
    { id: "language", label: languages[other], keywords: ["language", "語言"], leftSection: <IconLanguage size={17} aria-hidden />, onClick: () => set({ language: other }) },
    ...(lockable ? [{ id: "lock", label: t("palette.lock"), keywords: ["lock", "鎖"], leftSection: <IconLock size={17} aria-hidden />, onClick: lock }] : []),
    { id: "keys", label: t("keys.title"), onClick: onKeys },
    ...(typed ? [
      { id: "ask", label: t("palette.ask", { text: typed }), onClick: () => go(href("chat", "", { ask: typed })) },
      { id: "find", label: t("palette.find", { text: typed }), onClick: () => go(href("mail", "", { q: typed })) },
    ] : []),
  ];
  return (
    <Spotlight
      actions={actions}
      query={query}
      onQueryChange={setQuery}
      filter={(text, list) => {
        const word = text.trim().toLowerCase();
        if (!word) return list;
        return list.filter((a) => "id" in a && (a.id === "ask" || a.id === "find" || `${a.label ?? ""} ${[a.keywords ?? []].flat().join(" ")}`.toLowerCase().includes(word)));
      }}
      shortcut={null}
      attributes={{ content: { "aria-label": t("palette.open") } }}
      nothingFound={t("palette.nothing")}
      limit={20}
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: t("palette.placeholder"), "aria-label": t("palette.open"), leftSection: <IconSearch size={18} aria-hidden /> }}
    />
  );
}
