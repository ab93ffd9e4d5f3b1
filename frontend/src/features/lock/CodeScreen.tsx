import "@/i18n/trust";
import { Button, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiError, Entry } from "@/lib/backend";
import { Frame } from "@/ui/Frame";
import { ErrorNote } from "@/ui/Note";

/** Before a served page opens: the code of the second factor, where the link alone is not enough. */
export default function CodeScreen({ entry, error }: { entry: Entry; error: ApiError | undefined }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  function submit(e: SubmitEvent) {
    e.preventDefault();
    entry.give(code);
    setCode("");
  }
  return (
    <Frame title={t("lock.enter")} text={t("lock.enter_text")}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput ref={field} label={t("lock.code")} description={t("lock.code_text")} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={code} onChange={(e) => setCode(e.currentTarget.value.replace(/\D/g, ""))} />
          {error && <ErrorNote error={error} />}
          <Button type="submit" size="md" disabled={code === ""}>{t("lock.confirm")}</Button>
        </Stack>
      </form>
    </Frame>
  );
}
