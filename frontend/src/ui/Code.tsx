import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";

const Editor = lazy(() => import("./CodeView"));

/** A script to read, with its colours. The reader for it comes only when one is opened. */
export function Code({ source, label }: { source: string; label: string }) {
  return (
    <Suspense fallback={<Skeleton height={160} radius="md" />}>
      <Editor source={source} label={label} />
    </Suspense>
  );
}
