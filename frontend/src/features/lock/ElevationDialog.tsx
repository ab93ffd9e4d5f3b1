import "@/i18n/trust";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnswerOf } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { complete, ProofFields } from "./ProofFields";

/** Asks once more who it is, before something that matters beyond the day. */
export default function ElevationDialog({ onGiven }: { onGiven: (given: AnswerOf<"Lock/Elevate"> | undefined) => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const lock = useCall("Lock/State", {});
  const [proof, setProof] = useState({ passphrase: "", code: "" });
  const elevate = useAction(() => backend.call("Lock/Elevate", proof));
  async function submit(e: SubmitEvent) {
    e.preventDefault();
    e.stopPropagation();
    const given = await elevate.run();
    if (given) onGiven(given);
    else setProof((p) => ({ ...p, code: "" }));
  }
  return (
    <Modal opened onClose={() => onGiven(undefined)} title={t("lock.elevate")} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => void submit(e)}>
        <Stack gap="md">
          <Text size="sm">{t("lock.elevate_text")}</Text>
          <ProofFields proof={proof} state={lock.data} onChange={setProof} />
          {elevate.error && <ErrorNote error={elevate.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => onGiven(undefined)}>{t("cancel")}</Button>
            <Button type="submit" loading={elevate.busy} disabled={!complete(proof, lock.data)}>{t("lock.confirm")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
