import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconCalendarRepeat, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { href } from "@/lib/route";
import { Card, Fold } from "@/ui/Card";
import { Code } from "@/ui/Code";
import { ErrorNote } from "@/ui/Note";
import { ScheduleLine } from "@/ui/ScheduleLine";
import { keepProposal, type Proposal } from "./entries";

/** What an automation would be, with its next due times. Nothing is set up before the user says so. */
export function ProposalCard({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const [script, setScript] = useState(false);
  const automation = proposal.answer.automation;
  const add = useAction(async () => {
    if (!automation) return;
    const added = await backend.call("Automations/Add", { text: proposal.text, after_run: proposal.after, expect: automation.hash });
    keepProposal({ ...proposal, added });
    live.refresh((m) => m.startsWith("Automations/"));
  });
  if (!automation) return <Card label={t("chat.answer")}><ErrorNote error={proposal.answer.error ?? { code: "invalid", message: t("propose.unclear") }} /></Card>;
  return (
    <Card label={t("propose.title")}>
      <Group gap={8} wrap="nowrap" align="center">
        <IconCalendarRepeat size={20} aria-hidden color="var(--st-accent)" />
        <Text fw={600}>{proposal.added ? t("propose.added") : t("propose.title")}</Text>
      </Group>
      <Text mt={6}>{automation.request}</Text>
      <ScheduleLine automation={automation} />
      {automation.script_source && (
        <Fold summary={t("propose.pinned", { hash: automation.script.slice(0, 10) })} open={script} onOpen={setScript}>
          {script && <Code source={automation.script_source} label={t("run.script_label")} />}
        </Fold>
      )}
      {add.error && <ErrorNote error={add.error} />}
      {proposal.added ? (
        <Group gap={6} mt="xs">
          <IconCircleCheck size={18} aria-hidden color="var(--st-accent)" />
          <Anchor size="sm" href={href("automations", proposal.added.id)}>{t("propose.see")}</Anchor>
        </Group>
      ) : (
        <Group mt="sm" gap="xs">
          <Button loading={add.busy} onClick={() => void add.run()}>{t("propose.add")}</Button>
          <Button variant="default" onClick={() => keepProposal({ ...proposal, dismissed: true })}>{t("propose.no")}</Button>
        </Group>
      )}
    </Card>
  );
}
