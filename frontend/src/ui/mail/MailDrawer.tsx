import { Drawer } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MailView } from "./MailView";

/** A mail beside what it was opened from. */
export function MailDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer opened={id !== ""} onClose={onClose} position="right" size="min(640px, 92vw)" title={t("mail.one")} closeButtonProps={{ "aria-label": t("close") }}>
      {id !== "" && <MailView id={id} level={2} />}
    </Drawer>
  );
}
