import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SetupState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Frame } from "@/ui/Frame";

/** A home that exists and is closed. */
export default function Unlock({ setup, onOpen }: { setup: SetupState; onOpen: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const mode = setup.mode === "os" ? "os" : "file";
  const open = useAction(() => backend.call("Setup/Open", { mode, passphrase }));
  async function submit(e: SubmitEvent) {
    e.preventDefault();
    if (await open.run()) onOpen();
  }
  const error = open.error ?? setup.error;
  return (
    <Frame title={t("unlock.title")} text={mode === "os" ? t("unlock.os") : t("unlock.file")}>
      <form onSubmit={(e) => void submit(e)}>
        <Stack gap="md">
          {mode === "file" && <PasswordInput label={t("unlock.passphrase")} autoComplete="current-password" value={passphrase} onChange={(e) => setPassphrase(e.currentTarget.value)} ref={field} />}
          {error && <ErrorNote error={error} />}
          <Button type="submit" size="md" loading={open.busy} disabled={mode === "file" && passphrase === ""}>{t("unlock.open")}</Button>
          <Text size="sm" c="dimmed">{setup.home}</Text>
        </Stack>
      </form>
    </Frame>
  );
}
