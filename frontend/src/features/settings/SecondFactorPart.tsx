import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LockState, SecondFactor } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { Confirm } from "@/ui/Confirm";
import { ErrorNote } from "@/ui/Note";
import classes from "./Settings.module.css";

// A picture, not markup: whatever is in it, an image runs and loads nothing.
const picture = (svg: string) => (svg.startsWith("data:image/") ? svg : `data:image/svg+xml,${encodeURIComponent(svg)}`);

/** The second factor: setting it up with a picture to scan, and taking it away. */
export function SecondFactorPart({ state, onChanged }: { state: LockState; onChanged: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [begun, setBegun] = useState<SecondFactor>();
  const [code, setCode] = useState("");
  const [asking, setAsking] = useState(false);
  const begin = useAction(async () => {
    setCode("");
    setBegun(await backend.call("Lock/BeginSecondFactor", {}));
  });
  const finish = useAction(async () => {
    await backend.call("Lock/FinishSecondFactor", { code });
    setBegun(undefined);
    onChanged();
  });
  const remove = useAction(async () => {
    setAsking(false);
    await backend.call("Lock/RemoveSecondFactor", {});
    onChanged();
  });
  function submit(e: SubmitEvent) {
    e.preventDefault();
    void finish.run();
  }
  const error = begin.error ?? remove.error;
  return (
    <>
      <div className={classes.line}>
        <div className={classes.grow}>
          <Text size="sm" fw={600}>{t("lock.factor")}</Text>
          <Text size="sm" c="dimmed">{t(state.second_factor ? "lock.factor_on" : "lock.factor_off")}</Text>
        </div>
        {state.second_factor
          ? <Button size="compact-sm" variant="default" loading={remove.busy} onClick={() => setAsking(true)}>{t("lock.remove")}</Button>
          : !begun && <Button size="compact-sm" variant="default" loading={begin.busy} onClick={() => void begin.run()}>{t("lock.begin")}</Button>}
      </div>
      {error && <ErrorNote error={error} />}
      {begun && !state.second_factor && (
        <form onSubmit={submit} className={classes.form}>
          <Text size="sm" mb="sm">{t("lock.scan")}</Text>
          <Group align="flex-start" gap="lg">
            <img className={classes.qr} src={picture(begun.qr)} width={184} height={184} alt={t("lock.qr")} />
            <Stack gap="sm" className={classes.grow}>
              <div><Text size="sm" c="dimmed">{t("lock.secret")}</Text><code className={classes.code}>{begun.secret}</code></div>
              <TextInput label={t("lock.digits")} inputMode="numeric" autoComplete="one-time-code" maxLength={8} maw={220} value={code} onChange={(e) => setCode(e.currentTarget.value.replace(/\D/g, ""))} />
              {finish.error && <ErrorNote error={finish.error} />}
              <Group gap="xs">
                <Button type="submit" loading={finish.busy} disabled={code === ""}>{t("lock.finish")}</Button>
                <Button variant="default" onClick={() => setBegun(undefined)}>{t("cancel")}</Button>
              </Group>
            </Stack>
          </Group>
        </form>
      )}
      <Confirm opened={asking} title={t("lock.remove_title")} text={t("lock.remove_text")} action={t("lock.remove")} onConfirm={() => void remove.run()} onClose={() => setAsking(false)} />
    </>
  );
}
