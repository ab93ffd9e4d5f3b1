import { Button, Checkbox, CopyButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { WarnNote } from "@/ui/Note";
import { Frame } from "@/ui/Frame";
import classes from "./RecoveryStep.module.css";

/** The recovery code, shown this once. */
export function RecoveryStep({ code, place, onNext }: { code: string; place: { step: number; steps: number }; onNext: () => void }) {
  const { t } = useTranslation();
  const [written, setWritten] = useState(false);
  return (
    <Frame title={t("recovery.title")} text={t("recovery.text")} {...place}>
      <output className={classes.code} aria-label={t("recovery.title")}>{code}</output>
      <CopyButton value={code}>
        {({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t("recovery.copied") : t("recovery.copy")}</Button>}
      </CopyButton>
      <WarnNote>{t("recovery.warn")}</WarnNote>
      <Checkbox label={t("recovery.written")} checked={written} onChange={(e) => setWritten(e.currentTarget.checked)} />
      <Button size="md" disabled={!written} onClick={onNext}>{t("next")}</Button>
    </Frame>
  );
}
