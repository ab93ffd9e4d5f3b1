import "@/i18n/trust";
import { Button, Stack } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LockState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { Frame } from "@/ui/Frame";
import { ErrorNote } from "@/ui/Note";
import { complete, ProofFields } from "./ProofFields";

/** Stands in the place of everything else while Steward is locked: nothing is behind it. */
export default function LockScreen({ state, onOpen }: { state: LockState | undefined; onOpen: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [proof, setProof] = useState({ passphrase: "", code: "" });
  const unlock = useAction(() => backend.call("Lock/Unlock", proof));
  useDocumentTitle("Steward");
  async function submit(e: SubmitEvent) {
    e.preventDefault();
    if (await unlock.run()) onOpen();
    else setProof((p) => ({ ...p, code: "" }));
  }
  return (
    <Frame title={t("lock.title")} text={t("lock.text")}>
      <form onSubmit={(e) => void submit(e)} data-testid="lock">
        <Stack gap="md">
          <ProofFields proof={proof} state={state} onChange={setProof} />
          {unlock.error && <ErrorNote error={unlock.error} />}
          <Button type="submit" size="md" loading={unlock.busy} disabled={!complete(proof, state)}>{t("lock.unlock")}</Button>
        </Stack>
      </form>
    </Frame>
  );
}
