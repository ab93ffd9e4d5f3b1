import { Anchor, Group, SegmentedControl, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Left } from "@/lib/backend";
import { endOfDay, isoDay, startOfDay } from "@/lib/days";
import { bytes } from "@/lib/format";
import { useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { ErrorNote } from "@/ui/Note";
import { Loading, Section } from "@/ui/Page";
import { visible } from "@/ui/Quoted";
import { list } from "@/ui/sheet/logic";
import { Tag } from "@/ui/Tag";
import { Time } from "@/ui/Time";
import classes from "./Trust.module.css";

const ranges = ["today", "week", "range"] as const;

/** Every host that was talked to, and every mail that was sent. */
export function LeftPart() {
  const { t } = useTranslation();
  const [range, setRange] = useState<(typeof ranges)[number]>("today");
  const today = isoDay(new Date());
  const [from, setFrom] = useState(() => isoDay(new Date(Date.now() - 29 * 86_400_000)));
  const [to, setTo] = useState(today);
  const week = isoDay(new Date(new Date(`${today}T12:00:00`).getTime() - 6 * 86_400_000));
  const first = range === "today" ? today : range === "week" ? week : from;
  const { data, error, reload } = useCall("Ledger/Left", { since: startOfDay(first), until: endOfDay(range === "range" ? to : today) });
  return (
    <Section title={t("trust.left_title")} note={t("trust.left_note")}>
      <Group gap="md" mb="md" align="flex-end">
        <SegmentedControl aria-label={t("trust.left_title")} value={range} onChange={setRange} data={ranges.map((value) => ({ value, label: t(`trust.${value}`) }))} />
        {range === "range" && (
          <>
            <TextInput type="date" size="sm" label={t("trust.from")} value={from} max={to} onChange={(e) => e.currentTarget.value && setFrom(e.currentTarget.value)} />
            <TextInput type="date" size="sm" label={t("trust.until")} value={to} min={from} max={today} onChange={(e) => e.currentTarget.value && setTo(e.currentTarget.value)} />
          </>
        )}
      </Group>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Loading rows={4} />}
      {data && <Shown left={data} />}
    </Section>
  );
}

function Shown({ left }: { left: Left }) {
  const { t } = useTranslation();
  const hosts = list(left.hosts);
  const sends = list(left.sends);
  return (
    <>
      <Text fw={600} data-testid="left-total">{hosts.length === 0 && sends.length === 0 ? t("trust.left_none") : t("trust.total", { out: bytes(left.total_out), in: bytes(left.total_in) })}</Text>
      {hosts.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("trust.hosts")}>
          <Table verticalSpacing={7} miw={760} fz="sm" className={classes.table ?? ""}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("trust.host")}</Table.Th><Table.Th ta="right">{t("trust.times")}</Table.Th><Table.Th ta="right">{t("trust.out")}</Table.Th><Table.Th ta="right">{t("trust.in")}</Table.Th>
                <Table.Th>{t("trust.why")}</Table.Th><Table.Th>{t("trust.class")}</Table.Th><Table.Th>{t("trust.runs")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {hosts.map((h) => (
                <Table.Tr key={h.host}>
                  <Table.Td><Group gap={8}><bdi className={classes.host}>{visible(h.host)}</bdi>{h.refused > 0 && <Tag tone="bad">{h.times === 0 ? t("trust.refused") : t("trust.refused_count", { count: h.refused })}</Tag>}</Group></Table.Td>
                  <Table.Td ta="right" className={classes.number ?? ""}>{h.times}</Table.Td>
                  <Table.Td ta="right" className={classes.number ?? ""}>{bytes(h.bytes_out)}</Table.Td>
                  <Table.Td ta="right" className={classes.number ?? ""}>{bytes(h.bytes_in)}</Table.Td>
                  <Table.Td>{list(h.why).map(visible).join(", ")}</Table.Td>
                  <Table.Td>{list(h.class).map(visible).join(", ")}</Table.Td>
                  <Table.Td>{list(h.runs).map((run) => <Anchor key={run} size="sm" mr={8} href={href("runs", run)}>{run}</Anchor>)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Text fw={600} mt="lg" component="h3" fz="sm">{t("trust.sends")}</Text>
      {sends.length === 0 ? <Text size="sm" c="dimmed">{t("trust.no_sends")}</Text> : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={t("trust.sends")}>
          <Table verticalSpacing={7} miw={620} fz="sm" className={classes.table ?? ""}>
            <Table.Thead><Table.Tr><Table.Th>{t("trust.when")}</Table.Th><Table.Th>{t("trust.send_to")}</Table.Th><Table.Th>{t("trust.receipt")}</Table.Th><Table.Th>{t("trust.runs")}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {sends.map((s) => (
                <Table.Tr key={`${s.time} ${s.run} ${s.receipt}`}>
                  <Table.Td><Time value={s.time} form="day" /></Table.Td>
                  <Table.Td>{list(s.recipients).map((r) => <div key={r}><bdi className={classes.host}>{visible(r)}</bdi></div>)}</Table.Td>
                  <Table.Td>{s.receipt ? <bdi className={classes.host}>{visible(s.receipt)}</bdi> : s.state === "unknown" && <Tag tone="bad">{t("step.unknown")}</Tag>}</Table.Td>
                  <Table.Td><Anchor size="sm" href={href("runs", s.run)}>{s.run}</Anchor></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  );
}
