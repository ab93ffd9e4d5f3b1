import { Button, Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Model } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction, useCall } from "@/lib/hooks";
import { useState } from "react";
import { ErrorNote } from "@/ui/Note";
import { Section } from "@/ui/Page";
import { Tag } from "@/ui/Tag";
import classes from "./Settings.module.css";

export function ModelsPart() {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Models/List", {});
  const models = data?.models ?? [];
  return (
    <Section title={t("settings.models")} note={t("settings.models_note")}>
      {error && !data && <ErrorNote error={error} onRetry={reload} />}
      {!data && !error && <Skeleton height={50} />}
      {data && models.length === 0 && <Text size="sm">{t("settings.models_none")}</Text>}
      <ul className={classes.list}>{models.map((m) => <Line key={m.name} model={m} used={data?.used === m.name || data?.used === `${m.name}/${m.model}`} />)}</ul>
      <Text size="sm" c="dimmed" mt="xs">{t("settings.models_how")} <code className={classes.code}>steward models add openai-compatible --name N --base-url URL --model ID</code></Text>
    </Section>
  );
}

function Line({ model, used }: { model: Model; used: boolean }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [works, setWorks] = useState(false);
  const test = useAction(async () => {
    setWorks(false);
    await backend.call("Models/Test", { name: model.name });
    setWorks(true);
  });
  return (
    <li>
      <div className={classes.line}>
        <div className={classes.grow}>
          <Text fw={600} size="sm" component="span">{model.name} </Text>
          {used && <Tag tone="good">{t("settings.used")}</Tag>}
          <Text size="sm" c="dimmed">{model.model} · {model.base_url}</Text>
        </div>
        {works && <Text size="sm" role="status">{t("settings.works")}</Text>}
        <Button size="compact-sm" variant="default" loading={test.busy} onClick={() => void test.run()}>{t("settings.test")}</Button>
      </div>
      {test.error && <ErrorNote error={test.error} />}
    </li>
  );
}
