import { Anchor, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { Card } from "@/ui/Card";
import { ErrorNote } from "@/ui/Note";
import { Loading } from "@/ui/Page";
import { visible } from "@/ui/Quoted";
import { RunBody } from "@/ui/run/RunBody";
import { useAnswer } from "@/ui/run/use-answer";
import { Time } from "@/ui/Time";

export function RunPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Runs/Show", { id });
  const answer = useAnswer(data);
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const { reports } = answer;
  return (
    <Stack gap="md">
      <div>
        <Title order={2} size="h3">{data.run.request || data.run.id}</Title>
        <Text size="sm" c="dimmed"><Time value={data.run.created} form="full" /> · {data.run.id}</Text>
      </div>
      <Card label={data.run.request}><RunBody run={data.run} detail={data} answer={answer.spans} /></Card>
      {reports.length > 0 && (
        <div>
          <Text size="sm" fw={600}>{t("runs.result")}</Text>
          {reports.map((r) => <div key={r.id}><Anchor href={href("reports", r.id)}>{visible(r.title)}</Anchor></div>)}
        </div>
      )}
    </Stack>
  );
}
