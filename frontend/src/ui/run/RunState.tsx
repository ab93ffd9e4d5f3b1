import { useTranslation } from "react-i18next";
import type { Occurrence, RunState as State } from "@/lib/backend";
import { Tag, type Tone } from "../Tag";

const tones: Record<State | Occurrence["state"], Tone> = { queued: "live", running: "live", waiting: "warn", paused: "warn", done: "good", failed: "bad", cancelled: "plain", due: "live", missed: "bad" };

/** Where a run, or an occurrence of an automation, stands. */
export function RunState({ state, verified }: { state: State | Occurrence["state"]; verified?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Tag tone={tones[state]}>{t(`state.${state}`)}</Tag>
      {state === "done" && verified === false && <Tag tone="warn">{t("run.unverified")}</Tag>}
    </>
  );
}
