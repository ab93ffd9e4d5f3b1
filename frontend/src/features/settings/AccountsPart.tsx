import "@/i18n/trust";
import { Button, Group, PasswordInput, SegmentedControl, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Account, NewAccount } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { Confirm } from "@/ui/Confirm";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { Tag } from "@/ui/Tag";
import classes from "./Settings.module.css";

/** The accounts that mail is sent through. */
export function AccountsPart() {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Accounts/List", {});
  const [adding, setAdding] = useState(false);
  const accounts = data?.accounts ?? [];
  return (
    <Section title={t("accounts.title")} note={t("accounts.note")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={50} />}
      {data && accounts.length === 0 && !adding && <Text size="sm">{t("accounts.none")}</Text>}
      <ul className={classes.list}>{accounts.map((a) => <Line key={a.name} account={a} onRemoved={reload} />)}</ul>
      {adding ? <AccountForm onDone={() => { setAdding(false); reload(); }} /> : data && <Button mt="sm" size="compact-sm" variant="default" onClick={() => setAdding(true)}>{t("accounts.add")}</Button>}
    </Section>
  );
}

function Line({ account, onRemoved }: { account: Account; onRemoved: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [works, setWorks] = useState(false);
  const [asking, setAsking] = useState(false);
  const test = useAction(async () => {
    setWorks(false);
    await backend.call("Accounts/Test", { name: account.name });
    setWorks(true);
  });
  const remove = useAction(async () => {
    setAsking(false);
    await backend.call("Accounts/Remove", { name: account.name });
    onRemoved();
  });
  const error = test.error ?? remove.error;
  return (
    <li>
      <div className={classes.line}>
        <div className={classes.grow}>
          <Text fw={600} size="sm" component="span">{account.name} </Text>
          <Tag tone={account.tls === "none" ? "warn" : "plain"}>{t(`accounts.tls_${account.tls}`)}</Tag>
          <Text size="sm" c="dimmed">{account.address} · {account.smtp} · {account.user}</Text>
        </div>
        {works && <Text size="sm" role="status">{t("accounts.works")}</Text>}
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={test.busy} onClick={() => void test.run()}>{t("accounts.test")}</Button>
          <Button size="compact-sm" variant="default" loading={remove.busy} onClick={() => setAsking(true)}>{t("accounts.remove")}</Button>
        </Group>
      </div>
      {error && <ErrorNote error={error} />}
      <Confirm opened={asking} title={t("accounts.remove_title", { name: account.name })} text={t("accounts.remove_text")} action={t("accounts.remove")} onConfirm={() => void remove.run()} onClose={() => setAsking(false)} />
    </li>
  );
}

function AccountForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [account, setAccount] = useState<NewAccount>({ name: "", address: "", smtp: "", user: "", password: "", tls: "tls" });
  const set = (change: Partial<NewAccount>) => setAccount((a) => ({ ...a, ...change }));
  const add = useAction(async () => {
    await backend.call("Accounts/Add", { ...account, user: account.user || account.address });
    onDone();
  });
  function submit(e: SubmitEvent) {
    e.preventDefault();
    void add.run();
  }
  const field = (name: "name" | "address" | "smtp" | "user") => ({ label: t(`accounts.${name}`), value: account[name], onChange: (e: { currentTarget: { value: string } }) => set({ [name]: e.currentTarget.value }) });
  return (
    <form onSubmit={submit} className={classes.form}>
      <Stack gap="sm">
        <TextInput {...field("name")} description={t("accounts.name_text")} />
        <TextInput {...field("address")} inputMode="email" autoComplete="email" placeholder="sam@example.com" />
        <TextInput {...field("smtp")} placeholder="smtp.example.com:465" />
        <div>
          <Text size="sm" fw={500} id="tls" mb={4}>{t("accounts.tls")}</Text>
          <SegmentedControl aria-labelledby="tls" value={account.tls} onChange={(tls) => set({ tls })} data={(["tls", "starttls", "none"] as const).map((value) => ({ value, label: t(`accounts.tls_${value}`) }))} />
        </div>
        <TextInput {...field("user")} placeholder={account.address} autoComplete="off" />
        <PasswordInput label={t("accounts.password")} autoComplete="off" value={account.password} onChange={(e) => set({ password: e.currentTarget.value })} />
        {add.error && <ErrorNote error={add.error} />}
        <Group gap="xs">
          <Button type="submit" loading={add.busy} disabled={!account.name.trim() || !account.address.trim() || !account.smtp.trim()}>{t("accounts.save")}</Button>
          <Button variant="default" onClick={onDone}>{t("cancel")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
