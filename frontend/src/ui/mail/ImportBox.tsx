import { Button, Progress, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconFileImport } from "@tabler/icons-react";
import { type DragEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Picked } from "@/lib/backend";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { ErrorNote } from "../Note";
import classes from "./ImportBox.module.css";
import { isNothing, useImport } from "./use-import";

/** Brings mail in: the sample mailbox at once, or files that are dropped or picked; says how far it is and how it went. */
export function ImportBox({ sample, onReady }: { sample: boolean; onReady?: () => void }) {
  const { t } = useTranslation();
  const { backend } = useServices();
  const [over, setOver] = useState(false);
  const progress = useImport();
  const [sent, setSent] = useState<number>();
  const start = useAction(async (picked: Picked) => {
    setSent(0);
    try {
      const paths = await backend.bring(picked, setSent);
      if (paths.length > 0) await progress.start({ paths });
    } finally {
      setSent(undefined);
    }
  });
  const pick = useAction(async () => {
    const picked = await backend.pickFiles();
    if (picked.length > 0) await start.run(picked);
  });
  const dropped = useEffectEvent((picked: Picked) => void start.run(picked));
  const begin = useEffectEvent(() => void progress.start({ sample: true }));
  const begun = useRef(false);
  useEffect(() => {
    if (sample && !begun.current) {
      begun.current = true;
      begin();
    }
  }, [sample]);
  useEffect(() => (sample ? undefined : backend.dropped((paths) => dropped(paths))), [backend, sample]);
  const ready = useEffectEvent(() => onReady?.());
  useEffect(() => {
    if (progress.result) ready();
  }, [progress.result]);

  const error = pick.error ?? start.error ?? progress.error;
  const busy = start.busy || progress.busy;
  return (
    <Stack gap="sm">
      {!sample && !busy && (
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping has its equal in the button inside
        <div
          className={classes.drop}
          data-over={over || undefined}
          onDragOver={(e) => { e.preventDefault(); setOver(true); }}
          onDragLeave={() => setOver(false)}
          onDrop={(e: DragEvent) => {
            e.preventDefault();
            setOver(false);
            const files = [...e.dataTransfer.files];
            if (files.length > 0) void start.run(files);
          }}
        >
          <IconFileImport size={28} stroke={1.6} aria-hidden />
          <Text size="sm">{t("import.drop")}</Text>
          <Button variant="default" onClick={() => void pick.run()}>{t("import.pick")}</Button>
          <Text size="xs" c="dimmed">{t("import.kinds")}</Text>
        </div>
      )}
      {busy && (
        <div role="status">
          <Progress value={sent !== undefined ? sent * 100 : 100} animated striped aria-label={t("import.busy")} />
          <Text size="sm" mt={6}>{sent !== undefined && sent < 1 ? t("import.sending") : progress.read > 0 ? t("import.read", { count: progress.read }) : t("import.busy")}</Text>
        </div>
      )}
      {error && <ErrorNote error={error} onRetry={sample ? () => void progress.start({ sample: true }) : undefined} />}
      {progress.result && (
        <div className={classes.result} role="status" data-testid="imported">
          <IconCircleCheck size={22} aria-hidden />
          <div>
            <Text fw={600}>{isNothing(progress.result) ? t("import.nothing") : t("import.done", { count: progress.result.imported })}</Text>
            {progress.result.duplicates > 0 && <Text size="sm" c="dimmed">{t("import.duplicates", { count: progress.result.duplicates })}</Text>}
            {progress.result.damaged > 0 && <Text size="sm" c="dimmed">{t("import.damaged", { count: progress.result.damaged })}</Text>}
            {progress.result.left > 0 && <Text size="sm" c="dimmed">{t("import.left", { count: progress.result.left })}</Text>}
          </div>
        </div>
      )}
    </Stack>
  );
}
