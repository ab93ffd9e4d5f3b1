import { Button, Group, Text } from "@mantine/core";
import { IconBan, IconCheck, IconPlayerStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Sheet } from "@/lib/backend";
import { approval, type Choice, justShifted, verb } from "./logic";
import classes from "./Sheet.module.css";
import { useSettled } from "./use-guard";

export type Say = "approve" | "deny" | "stop";

/** The user's word. Approving says exactly how much, is no key's first meaning, and does not take a click that came with the
 * sheet itself. */
export function Answer({ sheet, choice, warned, busy, onSay }: { sheet: Sheet; choice: Choice; warned: number; busy: boolean; onSay: (say: Say) => void }) {
  const { t } = useTranslation();
  const settled = useSettled(sheet.hash);
  const given = approval(sheet, choice);
  const count = given.approve.length;
  const all = sheet.rows.length;
  const what = verb(sheet.rows);
  const label = what === "answer" && all === 1 ? t("answer.answer") : count === all ? (all === 1 ? t(`answer.${what}`) : t(`answer.${what}All`, { all })) : t(`answer.${what}Some`, { part: count, all });
  return (
    <footer className={classes.answer}>
      {warned > 0 && <Text size="sm" className={classes.standing}>{t("sheet.warned", { count: warned })}</Text>}
      {given.grants && <Text size="sm" className={classes.standing}>{t("answer.grants", { count: given.grants.length })}</Text>}
      <Group gap="xs">
        <Button
          leftSection={<IconCheck size={17} aria-hidden />} data-testid="approve" disabled={count === 0 || !settled} loading={busy}
          onKeyDown={(e) => { if (e.repeat) e.preventDefault(); }} // a key held down elsewhere says nothing here
          onClick={() => { if (!justShifted()) onSay("approve"); }}
        >
          {label}
        </Button>
        <Button variant="default" disabled={busy} leftSection={<IconBan size={17} aria-hidden />} onClick={() => onSay("deny")}>{all === 1 ? t("answer.deny") : t("answer.denyAll", { all })}</Button>
        <Button variant="subtle" color="red" c="var(--st-bad)" disabled={busy} leftSection={<IconPlayerStop size={17} aria-hidden />} onClick={() => onSay("stop")}>{t("answer.stop")}</Button>
      </Group>
      <Text size="xs" c="dimmed">{t("answer.once")} <span className={classes.hash}>{sheet.hash}</span></Text>
    </footer>
  );
}
