import { Kbd, Modal, Table } from "@mantine/core";
import { useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { go, href, type Screen } from "@/lib/route";

const places: Record<string, Screen> = { c: "chat", m: "mail", r: "reports", a: "automations", u: "runs", s: "settings" };
const patience = 1_200; // between G and the second key

/** The keys that work everywhere, and the list of them. None of them takes a letter away from a field. */
export function Shortcuts({ opened, onOpen, onClose }: { opened: boolean; onOpen: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const began = useRef(0);
  const pressed = useEffectEvent((e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target)) return;
    const key = e.key.toLowerCase();
    if (e.timeStamp - began.current < patience && places[key]) {
      began.current = 0;
      e.preventDefault();
      go(href(places[key]));
    } else if (key === "g") began.current = e.timeStamp;
    else if (e.key === "?") onOpen();
    else if (e.key === "/") {
      const field = document.querySelector<HTMLElement>("[data-main-field]");
      if (field) {
        e.preventDefault();
        field.focus();
      }
    }
  });
  useEffect(() => {
    const listen = (e: KeyboardEvent) => pressed(e);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  const rows: [string[], string][] = [
    [["Ctrl", "K"], t("palette.open")],
    ...Object.entries(places).map(([key, screen]): [string[], string] => [["G", key.toUpperCase()], t(`nav.${screen}`)]),
    [["/"], t("keys.field")],
    [["↑", "↓"], t("keys.list")],
    [["Enter"], t("keys.send")],
    [["Shift", "Enter"], t("keys.line")],
    [["Esc"], t("keys.close")],
    [["?"], t("keys.title")],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          {rows.map(([keys, what]) => (
            <Table.Tr key={keys.join()}>
              <Table.Td w={140}>{keys.map((k) => <Kbd key={k} mr={4}>{k}</Kbd>)}</Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
