import { Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { GrantWish, Offer, Row } from "@/lib/backend";
import { endOfDay, isoDay } from "@/lib/days";
import { Fold } from "../Card";
import { visible } from "../Quoted";
import { list } from "./logic";
import { Pieces } from "./Pieces";
import classes from "./Sheet.module.css";

/** Exactly this again without asking, for a while: never wider than it stands here. */
export function OfferPart({ row, offer, grant, onGrant }: { row: Row; offer: Offer; grant: GrantWish | undefined; onGrant: (grant: GrantWish | undefined) => void }) {
  const { t } = useTranslation();
  const { step } = row;
  const latest = new Date(offer.latest);
  const first = new Date(Math.min(latest.getTime(), new Date(offer.grant.created).getTime() + 30 * 86_400_000));
  const wish = grant ?? { step, until: endOfDay(isoDay(first), latest), uses: Math.min(10, offer.most) };
  const people = list(row.fields).filter((f) => f.person && list(offer.grant.recipients).includes(f.person.id));
  return (
    <Fold summary={t("offer.title")}>
      <Stack gap="sm" className={classes.offer}>
        <Text size="sm">{t("offer.text")}</Text>
        <ul className={classes.exact}>
          <li><Text size="sm" component="span" c="dimmed">{t("offer.what")} </Text><code className={classes.capability}>{offer.grant.capability}</code></li>
          {people.length > 0 && <li><Text size="sm" component="span" c="dimmed">{t("offer.to")}</Text><ul>{people.map((f) => <li key={f.path}><span className={classes.address}><Pieces pieces={f.person?.address} plain /></span></li>)}</ul></li>}
          {list(offer.grant.hosts).length > 0 && <li><Text size="sm" component="span" c="dimmed">{t("offer.hosts")} </Text>{list(offer.grant.hosts).map((h) => <bdi key={h} className={classes.address}>{visible(h)} </bdi>)}</li>}
        </ul>
        <Checkbox checked={grant !== undefined} onChange={(e) => onGrant(e.currentTarget.checked ? wish : undefined)} label={t("offer.allow")} />
        <Group gap="sm" align="flex-end">
          <TextInput type="date" size="sm" label={t("offer.until")} min={isoDay(new Date())} max={isoDay(latest)} value={isoDay(new Date(wish.until))} disabled={!grant} onChange={(e) => e.currentTarget.value && onGrant({ ...wish, until: endOfDay(e.currentTarget.value, latest) })} />
          <TextInput type="number" size="sm" label={t("offer.uses")} min={1} max={offer.most} value={wish.uses} disabled={!grant} onChange={(e) => onGrant({ ...wish, uses: Math.max(1, Math.min(offer.most, Math.floor(e.currentTarget.valueAsNumber) || 1)) })} />
        </Group>
      </Stack>
    </Fold>
  );
}
