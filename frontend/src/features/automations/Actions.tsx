import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import { IconDots, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Automation } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { Confirm } from "@/ui/Confirm";
import { useNotify } from "@/ui/use-notify";

type What = "Pause" | "Resume" | "Run" | "Remove";

/** What can be done with an automation. Removing asks first. */
export function Actions({ automation }: { automation: Automation }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const { backend, live } = useServices();
  const [asking, setAsking] = useState(false);
  const act = useAction(async (what: What) => {
    try {
      await backend.call(`Automations/${what}`, { id: automation.id });
    } catch (problem) {
      notify.failed(problem);
    }
    live.refresh((m) => m.startsWith("Automations/") || m === "Runs/List");
    setAsking(false);
  });
  const active = automation.state === "active";
  return (
    <Group gap={6}>
      <Button size="compact-md" variant="default" leftSection={<IconPlayerPlay size={15} aria-hidden />} loading={act.busy} onClick={() => void act.run("Run")}>{t("automations.run")}</Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={28} aria-label={t("automations.details")}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {active
            ? <Menu.Item leftSection={<IconPlayerPause size={15} aria-hidden />} onClick={() => void act.run("Pause")}>{t("automations.pause")}</Menu.Item>
            : <Menu.Item leftSection={<IconPlayerPlay size={15} aria-hidden />} onClick={() => void act.run("Resume")}>{t("automations.resume")}</Menu.Item>}
          <Menu.Item leftSection={<IconTrash size={15} aria-hidden />} onClick={() => setAsking(true)}>{t("automations.remove")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={asking} title={t("automations.remove_title")} text={t("automations.remove_text")} action={t("automations.remove")} busy={act.busy} onConfirm={() => void act.run("Remove")} onClose={() => setAsking(false)} />
    </Group>
  );
}
