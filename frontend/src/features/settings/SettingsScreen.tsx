import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Language, languages } from "@/i18n";
import type { SettingsState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Page, Section } from "@/ui/Page";
import { AccountsPart } from "./AccountsPart";
import { AgentsPart } from "./AgentsPart";
import { DataPart } from "./DataPart";
import { HealthPart } from "./HealthPart";
import { LockPart } from "./LockPart";
import { ModelsPart } from "./ModelsPart";
import classes from "./Settings.module.css";

/** How Steward looks and speaks, and what it consists of. */
export default function SettingsScreen({ version, home }: { version: string; home: string }) {
  const { t, i18n } = useTranslation();
  const { backend, live } = useServices();
  const { data } = useCall("Settings/Get", {});
  const set = useAction(async (change: Partial<SettingsState>) => {
    await backend.call("Settings/Set", change);
    live.refresh((m) => m === "Settings/Get");
  });
  return (
    <Page title={t("nav.settings")}>
      <Section title={t("settings.general")}>
        <Stack gap="sm">
          {set.error && <ErrorNote error={set.error} />}
          <div className={classes.row}>
            <Text size="sm" id="language">{t("settings.language")}</Text>
            <SegmentedControl aria-labelledby="language" value={data?.language || i18n.language} onChange={(v) => void set.run({ language: v as Language })} data={Object.entries(languages).map(([value, label]) => ({ value, label }))} />
          </div>
          <div className={classes.row}>
            <Text size="sm" id="theme">{t("settings.theme")}</Text>
            <SegmentedControl aria-labelledby="theme" value={data?.theme ?? "auto"} onChange={(v) => void set.run({ theme: v })} data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))} />
          </div>
        </Stack>
      </Section>
      <LockPart />
      <AccountsPart />
      <ModelsPart />
      <AgentsPart />
      <DataPart home={home} />
      <HealthPart />
      <Section title={t("settings.about")}><Text size="sm">{t("settings.version", { version })}</Text></Section>
    </Page>
  );
}
