import { Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { IconKey, IconPassword } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SetupState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Choice } from "./Choice";
import { Frame } from "@/ui/Frame";

const shortest = 8;

export function VaultStep({ setup, place, onBack, onOpen }: { setup: SetupState; place: { step: number; steps: number }; onBack: () => void; onOpen: (recovery: string) => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [mode, setMode] = useState<"os" | "file">(setup.mode || (setup.keychain ? "os" : "file"));
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [tried, setTried] = useState(false);
  const open = useAction(() => backend.call("Setup/Open", { mode, passphrase: mode === "file" ? first : "" }));

  const error = open.error ?? setup.error;
  const short = first.length < shortest;
  const differs = first !== second;
  async function submit(e: SubmitEvent) {
    e.preventDefault();
    setTried(true);
    if (mode === "file" && (short || differs)) return;
    const answer = await open.run();
    if (answer) onOpen(answer.recovery_code);
  }

  return (
    <Frame title={t("vault.title")} text={t("vault.text")} {...place}>
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Stack gap="md">
          <Stack gap="xs" role="group" aria-label={t("vault.title")}>
            <Choice icon={<IconKey size={22} />} title={t("vault.os")} chosen={mode === "os"} disabled={!setup.keychain} onChoose={() => setMode("os")}>
              {setup.keychain ? t("vault.os_text") : t("vault.os_none")}
            </Choice>
            <Choice icon={<IconPassword size={22} />} title={t("vault.file")} chosen={mode === "file"} onChoose={() => setMode("file")}>{t("vault.file_text")}</Choice>
          </Stack>
          {mode === "file" && (
            <Stack gap="xs">
              <PasswordInput label={t("vault.passphrase")} description={t("vault.passphrase_text")} autoComplete="new-password" value={first} onChange={(e) => setFirst(e.currentTarget.value)} error={tried && short ? t("vault.short", { count: shortest }) : undefined} />
              <PasswordInput label={t("vault.again")} autoComplete="new-password" value={second} onChange={(e) => setSecond(e.currentTarget.value)} error={tried && !short && differs ? t("vault.differs") : undefined} />
            </Stack>
          )}
          <Text size="sm" c="dimmed">{t("vault.where", { home: setup.home })}</Text>
          {error && <ErrorNote error={error} />}
          <Group justify="space-between">
            <Button variant="subtle" color="gray" c="dimmed" onClick={onBack}>{t("back")}</Button>
            <Button type="submit" size="md" loading={open.busy}>{t("vault.make")}</Button>
          </Group>
        </Stack>
      </form>
    </Frame>
  );
}
