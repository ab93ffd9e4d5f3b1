import { Button, Group } from "@mantine/core";
import { useState } from "react";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { type Language, languages, speak } from "@/i18n";
import type { SetupState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { Choice } from "./Choice";
import { Frame } from "@/ui/Frame";
import { MailboxStep } from "./MailboxStep";
import { RecoveryStep } from "./RecoveryStep";
import { VaultStep } from "./VaultStep";

type Step = "language" | "vault" | "recovery" | "mailbox";

/** The way in: language, what unlocks the vault, the recovery code, a mailbox. */
export default function FirstStart({ setup, onDone }: { setup: SetupState; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const { backend } = useServices();
  const [step, setStep] = useState<Step>("language");
  const [code, setCode] = useState("");
  const [opened, setOpened] = useState(setup.state === "open");
  const steps: Step[] = setup.state === "open" && !code ? ["language", "mailbox"] : ["language", "vault", "recovery", "mailbox"];
  const place = { step: steps.indexOf(step) + 1, steps: steps.length };

  if (step === "vault") {
    return (
      <VaultStep
        setup={setup}
        place={place}
        onBack={() => setStep("language")}
        onOpen={(recovery) => {
          setOpened(true);
          setCode(recovery);
          setStep(recovery ? "recovery" : "mailbox");
        }}
      />
    );
  }
  if (step === "recovery") return <RecoveryStep code={code} place={place} onNext={() => setStep("mailbox")} />;
  if (step === "mailbox") {
    return (
      <MailboxStep
        place={place}
        onDone={async () => {
          await backend.call("Settings/Set", { language: i18next.language as Language, first_start_done: true });
          onDone();
        }}
      />
    );
  }
  return (
    <Frame title={t("start.welcome")} text={t("start.welcome_text")} {...place}>
      <div role="group" aria-label={t("start.language")}>
        <Group grow gap="sm">
          {(Object.keys(languages) as Language[]).map((one) => (
            <Choice key={one} lang={one} title={languages[one]} chosen={i18n.language === one} onChoose={() => speak(one)} />
          ))}
        </Group>
      </div>
      <Button size="md" onClick={() => setStep(opened ? "mailbox" : "vault")}>{t("next")}</Button>
    </Frame>
  );
}
