import { Button, Group, Text } from "@mantine/core";
import { IconCircleCheck, IconDownload, IconListCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnswerOf } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { ErrorNote, WarnNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { visible } from "@/ui/Quoted";
import classes from "./Trust.module.css";

/** The record: whether it is whole, and the way out for it. */
export function LedgerPart() {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [result, setResult] = useState<AnswerOf<"Ledger/Verify">>();
  const [exported, setExported] = useState(false);
  const verify = useAction(async () => {
    setResult(undefined);
    setResult(await backend.call("Ledger/Verify", {}));
  });
  const take = useAction(async () => {
    setExported(false);
    const pages: string[] = [];
    for (let after = 0, done = false; !done; ) {
      const page = await backend.call("Ledger/Export", { after });
      pages.push(page.lines);
      done = page.done || page.last <= after;
      after = page.last;
    }
    await backend.save("steward-ledger.jsonl", pages.join(""));
    setExported(true);
  });
  return (
    <Section title={t("trust.ledger_title")} note={t("trust.ledger_note")}>
      <Group gap="sm">
        <Button leftSection={<IconListCheck size={17} aria-hidden />} loading={verify.busy} onClick={() => void verify.run()}>{t("trust.verify")}</Button>
        <Button variant="default" leftSection={<IconDownload size={17} aria-hidden />} loading={take.busy} onClick={() => void take.run()}>{t("trust.export")}</Button>
        {exported && <Text size="sm" role="status">{t("trust.exported")}</Text>}
      </Group>
      <Text size="sm" c="dimmed" mt={8}>{t("trust.export_note")}</Text>
      <div className={classes.result} role="status">
        {result?.ok && <Group gap={8}><IconCircleCheck size={19} className={classes.good} aria-hidden /><Text>{t("trust.verified", { count: result.rows })}</Text></Group>}
        {result && !result.ok && <WarnNote title={t("trust.broken")}>{result.problem && <>{visible(result.problem)} </>}{t("trust.broken_at", { row: result.first_bad })}</WarnNote>}
      </div>
      {verify.error && <ErrorNote error={verify.error} />}
      {take.error && <ErrorNote error={take.error} />}
    </Section>
  );
}
