import "@/i18n/trust";
import { Button, Group, PasswordInput, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LockState } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { SecondFactorPart } from "./SecondFactorPart";
import classes from "./Settings.module.css";

const shortest = 8;

/** The lock of the window: its passphrase, when it locks by itself, the second factor. */
export function LockPart() {
  const { t } = useTranslation();
  const { backend, live } = useServices();
  const { data, error, reload } = useCall("Lock/State", {});
  const [open, setOpen] = useState(false);
  const [saved, setSaved] = useState(false);
  const now = useAction(async () => {
    await backend.call("Lock/Now", {});
    live.refresh((m) => m === "Lock/State");
  });
  return (
    <Section title={t("lock.settings")} note={t("lock.settings_note")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={60} />}
      {data && (
        <>
          <div className={classes.line}>
            <Text size="sm" className={classes.grow}>{data.passphrase ? t("lock.on") : t("lock.off")}</Text>
            {saved && <Text size="sm" role="status">{t("lock.saved")}</Text>}
            <Group gap="xs">
              {(data.passphrase || data.second_factor) && <Button size="compact-sm" variant="default" leftSection={<IconLock size={15} aria-hidden />} loading={now.busy} onClick={() => void now.run()}>{t("lock.now")}</Button>}
              {!open && <Button size="compact-sm" variant="default" onClick={() => { setSaved(false); setOpen(true); }}>{data.passphrase ? t("lock.change") : t("lock.set")}</Button>}
            </Group>
          </div>
          {now.error && <ErrorNote error={now.error} />}
          {open && <PassphraseForm state={data} onDone={(done) => { setOpen(false); setSaved(done); if (done) reload(); }} />}
          <SecondFactorPart state={data} onChanged={reload} />
        </>
      )}
    </Section>
  );
}

function PassphraseForm({ state, onDone }: { state: LockState; onDone: (saved: boolean) => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [minutes, setMinutes] = useState(String(state.passphrase ? state.idle_minutes : 10));
  const [tried, setTried] = useState(false);
  // Where one is set, no new one leaves it as it is.
  const keep = state.passphrase && next === "";
  const short = !keep && next.length < shortest;
  const differs = !keep && next !== again;
  const save = useAction(async () => {
    await backend.call("Lock/Set", { ...(keep ? {} : { passphrase: next }), ...(state.passphrase ? { old } : {}), idle_minutes: Math.max(0, Math.min(1_440, Math.floor(Number(minutes)) || 0)) });
    onDone(true);
  });
  const remove = useAction(async () => {
    await backend.call("Lock/Set", { passphrase: "", old });
    onDone(true);
  });
  const error = save.error ?? remove.error;
  function submit(e: SubmitEvent) {
    e.preventDefault();
    setTried(true);
    if (!short && !differs) void save.run();
  }
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <Stack gap="sm">
        {state.passphrase && <PasswordInput label={t("lock.old")} autoComplete="current-password" value={old} onChange={(e) => setOld(e.currentTarget.value)} />}
        <PasswordInput label={t("lock.new")} autoComplete="new-password" value={next} onChange={(e) => setNext(e.currentTarget.value)} error={tried && short ? t("lock.short", { count: shortest }) : undefined} />
        <PasswordInput label={t("lock.again")} autoComplete="new-password" value={again} onChange={(e) => setAgain(e.currentTarget.value)} error={tried && !short && differs ? t("lock.differs") : undefined} />
        <TextInput type="number" min={0} max={1440} label={t("lock.idle")} description={t("lock.idle_text")} value={minutes} onChange={(e) => setMinutes(e.currentTarget.value)} />
        {error && <ErrorNote error={error} />}
        <Group gap="xs">
          <Button type="submit" loading={save.busy}>{t("lock.save")}</Button>
          <Button variant="default" onClick={() => onDone(false)}>{t("cancel")}</Button>
          {state.passphrase && <Button variant="subtle" color="red" c="var(--st-bad)" loading={remove.busy} onClick={() => void remove.run()}>{t("lock.off_now")}</Button>}
        </Group>
      </Stack>
    </form>
  );
}
