import type { ReportLine, RunDetail, ShownReport, Spans } from "@/lib/backend";
import { useCall } from "@/lib/hooks";

export interface Answer { spans: Spans; reports: (ShownReport | ReportLine)[] }

/** What a run answers, in short: of one that wrote a report the report's summary, as its result is the whole report once
 * more; of any other its result. */
export function useAnswer(detail: RunDetail | undefined): Answer {
  const done = detail?.run.state === "done";
  const outcome = useCall("Runs/Outcome", done ? { id: detail.run.id, show: false } : null);
  const reports = outcome.data?.reports ?? [];
  const first = reports[0]?.id;
  const report = useCall("Reports/Show", first ? { id: first } : null);
  if (!detail || (done && !outcome.data && !outcome.error)) return { spans: [], reports };
  if (!first) return { spans: detail.spans, reports };
  const { data } = report;
  if (!data) return { spans: [], reports };
  const summary = data.document?.summary ?? [];
  return { spans: summary.length > 0 ? summary : data.title, reports };
}
