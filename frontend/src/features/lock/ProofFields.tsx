import { PasswordInput, TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Proof } from "@/lib/backend";

/** Who one is: the passphrase, and the code where there is a second factor. */
export function ProofFields({ proof, second, onChange }: { proof: Proof; second: boolean; onChange: (proof: Proof) => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <>
      <PasswordInput ref={field} label={t("lock.passphrase")} autoComplete="current-password" data-autofocus value={proof.passphrase} onChange={(e) => onChange({ ...proof, passphrase: e.currentTarget.value })} />
      {second && <TextInput label={t("lock.code")} description={t("lock.code_text")} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={proof.code} onChange={(e) => onChange({ ...proof, code: e.currentTarget.value.replace(/\D/g, "") })} />}
    </>
  );
}
