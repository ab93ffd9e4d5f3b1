import { Button, Group, Modal, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Asks before something that cannot be undone. */
export function Confirm({ opened, title, text, action, busy, onConfirm, onClose }: { opened: boolean; title: string; text: string; action: string; busy?: boolean; onConfirm: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <Text size="sm">{text}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>{t("cancel")}</Button>
        <Button color="red" loading={busy ?? false} onClick={onConfirm}>{action}</Button>
      </Group>
    </Modal>
  );
}
