import { ComposerPrimitive, useAui } from "@assistant-ui/react";
import { ActionIcon } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { go, href } from "@/lib/route";
import classes from "./Chat.module.css";

/** Where requests are typed: Enter sends, Shift and Enter begins a line. What the palette brings is only put in: the user
 * sends it. */
export function Composer({ prefill, busy }: { prefill: string; busy: boolean }) {
  const { t } = useTranslation();
  const aui = useAui();
  useEffect(() => {
    if (!prefill) return;
    aui.composer.setText(prefill);
    go(href("chat"), true);
  }, [aui, prefill]);
  return (
    <ComposerPrimitive.Root className={classes.composer ?? ""}>
      <ComposerPrimitive.Input className={classes.input ?? ""} placeholder={t("chat.placeholder")} aria-label={t("chat.request")} maxRows={8} rows={1} addAttachmentOnPaste={false} data-main-field autoComplete="off" />
      <ComposerPrimitive.Send asChild>
        <ActionIcon size={38} radius="xl" aria-label={t("chat.send")} loading={busy}><IconArrowUp size={20} aria-hidden /></ActionIcon>
      </ComposerPrimitive.Send>
    </ComposerPrimitive.Root>
  );
}
