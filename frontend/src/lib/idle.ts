const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const often = 5_000;

const word = 30_000;

/** Calls `onIdle` when nobody did anything for so many minutes, a sleep of the machine included; and `onSeen`, now and then,
 * while somebody does: the host cannot see it. */
export function watchIdle(minutes: number, onIdle: () => void, onSeen: () => void = () => undefined): () => void {
  if (minutes <= 0) return () => undefined;
  let last = Date.now();
  let told = last;
  const seen = () => {
    last = Date.now();
    if (last - told < word) return;
    told = last;
    onSeen();
  };
  const look = () => {
    if (Date.now() - last < minutes * 60_000) return;
    last = Date.now();
    onIdle();
  };
  const timer = setInterval(look, often);
  for (const sign of signs) window.addEventListener(sign, seen, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  return () => {
    clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, seen, { capture: true });
    document.removeEventListener("visibilitychange", look);
  };
}
