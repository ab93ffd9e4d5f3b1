import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { places } from "./use-shortcuts";

/** The list of the keys. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [["Ctrl", "K"], t("palette.open")],
    ...Object.entries(places).map(([key, screen]): [string[], string] => [["G", key.toUpperCase()], t(`nav.${screen}`)]),
    [["Ctrl", "Shift", "L"], t("palette.lock")],
    [["/"], t("keys.field")],
    [["↑", "↓"], t("keys.list")],
    [["Enter"], t("keys.send")],
    [["Shift", "Enter"], t("keys.line")],
    [["Esc"], t("keys.close")],
    [["?"], t("keys.title")],
  ];
  return (
    <Modal opened onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={keys.join()}>
              <Table.Td w={170}>{keys.map((k) => <Kbd key={k} mr={4}>{k}</Kbd>)}</Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
