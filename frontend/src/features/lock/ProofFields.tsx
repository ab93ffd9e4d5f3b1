import { PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LockState, Proof } from "@/lib/backend";

/** Whether all is given that is asked for. */
export const complete = (proof: Proof, state: LockState | undefined) => (state?.passphrase === false || proof.passphrase !== "") && (!state?.second_factor || proof.code !== "");

/** Who one is: the passphrase, and the code where there is a second factor. */
export function ProofFields({ proof, state, onChange }: { proof: Proof; state: LockState | undefined; onChange: (proof: Proof) => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <>
      {state?.passphrase !== false && <PasswordInput ref={field} label={t("lock.passphrase")} autoComplete="current-password" data-autofocus value={proof.passphrase} onChange={(e) => onChange({ ...proof, passphrase: e.currentTarget.value })} />}
      {state?.second_factor && <TextInput ref={state.passphrase ? undefined : field} label={t("lock.code")} description={t("lock.code_text")} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={proof.code} onChange={(e) => onChange({ ...proof, code: e.currentTarget.value.replace(/\D/g, "") })} />}
    </>
  );
}
