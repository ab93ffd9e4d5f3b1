import { Drawer } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MailView } from "./MailView";

/** A mail beside what it was opened from. */
export default function MailDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer opened onClose={onClose} position="right" size="min(640px, 92vw)" title={t("mail.one")} closeButtonProps={{ "aria-label": t("close") }}>
      <MailView id={id} level={2} />
    </Drawer>
  );
}
