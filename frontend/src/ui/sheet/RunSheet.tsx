import { Anchor, Loader, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { href } from "@/lib/route";
import { ErrorNote } from "../Note";
import { shifted } from "./logic";
import classes from "./Sheet.module.css";
import { SheetForm } from "./SheetForm";
import "@/i18n/trust";

const MailDrawer = lazy(() => import("../mail/MailDrawer"));

export interface Outcome { approved: number; denied: number; stopped: boolean }

const gone = ["conflict", "not_found"];

/** The one sheet of a run that waits: asked for, kept up to date, and told when somebody else answered it. */
export default function RunSheet({ run, link = true }: { run: string; link?: boolean }) {
  const { t } = useTranslation();
  const { data, error, reload } = useCall("Approvals/Show", { id: run });
  const [outcome, setOutcome] = useState<Outcome>();
  const [mail, setMail] = useState("");
  const way = link && <> <Anchor href={href("runs", run)} size="sm" underline="always">{t("sheet.to_run")}</Anchor></>;
  if (outcome) {
    const { approved, denied, stopped } = outcome;
    return <Calm focus>{stopped ? t("sheet.stopped") : [approved > 0 && t("sheet.approved", { count: approved }), denied > 0 && t("sheet.denied", { count: denied })].filter(Boolean).join(" ")}{way}</Calm>;
  }
  if ((error && gone.includes(error.code)) || data?.rows.length === 0) return <Calm>{t("sheet.elsewhere")}{way}</Calm>;
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) return <Loader type="dots" size="sm" role="status" aria-label={t("loading")} />;
  return (
    <>
      <SheetForm sheet={data} link={link} onMail={setMail} onAnswered={(said) => { shifted(); setOutcome(said); }} />
      <Suspense fallback={null}>{mail && <MailDrawer id={mail} onClose={() => setMail("")} />}</Suspense>
    </>
  );
}

function Calm({ children, focus = false }: { children: ReactNode; focus?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone: whoever uses the keyboard goes on from here.
  useEffect(() => {
    if (focus) place.current?.focus();
  }, [focus]);
  return (
    <div ref={place} className={classes.calm} role="status" tabIndex={-1}>
      <IconCircleCheck size={18} aria-hidden />
      <Text size="sm" component="div">{children}</Text>
    </div>
  );
}
