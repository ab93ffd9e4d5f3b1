import { Button, Group } from "@mantine/core";
import { IconFileImport, IconMailbox } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "@/lib/hooks";
import { ImportBox } from "@/ui/mail/ImportBox";
import { ErrorNote } from "@/ui/Note";
import { Choice } from "./Choice";
import { Frame } from "@/ui/Frame";

export function MailboxStep({ place, onDone }: { place: { step: number; steps: number }; onDone: () => Promise<void> }) {
  const { t } = useTranslation();
  const [way, setWay] = useState<"" | "sample" | "files">("");
  const [ready, setReady] = useState(false);
  const done = useAction(onDone);
  return (
    <Frame title={t("mailbox.title")} text={t("mailbox.text")} {...place}>
      {way === "" ? (
        <>
          <Choice icon={<IconMailbox size={24} />} title={t("mailbox.sample")} onChoose={() => setWay("sample")}>{t("mailbox.sample_text")}</Choice>
          <Choice icon={<IconFileImport size={24} />} title={t("mailbox.files")} onChoose={() => setWay("files")}>{t("mailbox.files_text")}</Choice>
        </>
      ) : (
        <ImportBox sample={way === "sample"} onReady={() => setReady(true)} />
      )}
      {done.error && <ErrorNote error={done.error} />}
      <Group justify="space-between">
        {way !== "" && !ready ? <Button variant="subtle" color="gray" c="dimmed" onClick={() => setWay("")}>{t("back")}</Button> : <span />}
        <Button size="md" variant={ready ? "filled" : "default"} loading={done.busy} onClick={() => void done.run()}>{ready ? t("mailbox.go") : t("mailbox.later")}</Button>
      </Group>
    </Frame>
  );
}
