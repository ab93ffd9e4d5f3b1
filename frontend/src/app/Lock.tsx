import { lazy, Suspense, useEffect, useEffectEvent, useState } from "react";
import type { AnswerOf } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useCall } from "@/lib/hooks";
import { watchIdle } from "@/lib/idle";

const ElevationDialog = lazy(() => import("@/features/lock/ElevationDialog"));

type Given = AnswerOf<"Lock/Elevate"> | undefined;

/** Locks when nobody is there, and asks who it is where a call needs to know. */
export function Lock() {
  const { backend, live, elevation } = useServices();
  const state = useCall("Lock/State", {}).data;
  const idle = state?.passphrase || state?.second_factor ? state.idle_minutes : 0;
  const lock = useLock();
  const away = useEffectEvent(lock);
  useEffect(() => watchIdle(idle, () => away(), () => void backend.call("Lock/Seen", {}).catch(() => undefined)), [idle, backend]);
  useEffect(() => {
    // Another window, or the command line, may have locked it.
    const back = () => live.refresh((m) => m === "Lock/State");
    window.addEventListener("focus", back);
    return () => window.removeEventListener("focus", back);
  }, [live]);
  const [ask, setAsk] = useState<{ answer: (given: Given) => void }>();
  useEffect(() => {
    let open: ((given: Given) => void) | undefined;
    const off = elevation.by(() => new Promise((resolve) => {
      open = resolve;
      setAsk({ answer: resolve });
    }));
    return () => {
      off();
      open?.(undefined);
    };
  }, [elevation]);
  if (!ask) return null;
  return <Suspense fallback={null}><ElevationDialog onGiven={(given) => { ask.answer(given); setAsk(undefined); }} /></Suspense>;
}

/** Locks now, where a passphrase is set. */
export function useLock() {
  const { backend, live } = useServices();
  return () => void backend.call("Lock/Now", {}).then(() => live.refresh((m) => m === "Lock/State"), () => undefined);
}
