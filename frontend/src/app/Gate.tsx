import { Center, Loader, Title, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { lazy, Suspense, useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { speak } from "@/i18n";
import { useServices } from "@/lib/context";
import { useCall, useConnection } from "@/lib/hooks";
import { ErrorNote } from "@/ui/Note";
import classes from "./Gate.module.css";
import { Shell } from "./Shell";

const FirstStart = lazy(() => import("@/features/first-start/FirstStart"));
const CodeScreen = lazy(() => import("@/features/lock/CodeScreen"));
const LockScreen = lazy(() => import("@/features/lock/LockScreen"));
const Unlock = lazy(() => import("@/features/first-start/Unlock"));

const nothing = () => () => undefined;

/** Decides what comes first: the way in, or the app itself. */
export function Gate() {
  const setup = useCall("Setup/State", {});
  const open = setup.data?.state === "open";
  const lock = useCall("Lock/State", open ? {} : null);
  const locked = lock.data?.locked === true;
  const unlocked = lock.data?.locked === false || lock.error?.code === "not_found"; // an older Steward knows no lock
  const closed = locked || setup.data?.state === "locked";
  const settings = useCall("Settings/Get", unlocked ? {} : null);
  const { backend, live, elevation } = useServices();
  useEffect(() => {
    if (!closed) return;
    live.drop();
    elevation.forget();
    notifications.clean();
  }, [closed, live, elevation]);
  const { setColorScheme } = useMantineColorScheme();
  const language = settings.data?.language;
  const theme = settings.data?.theme;
  useEffect(() => {
    if (language) speak(language);
  }, [language]);
  useEffect(() => {
    if (theme) setColorScheme(theme);
  }, [theme, setColorScheme]);

  const { entry } = backend;
  const wanted = useSyncExternalStore(entry?.watch ?? nothing, () => entry?.wanted());
  if (entry && wanted) return <Suspense fallback={<Start />}><CodeScreen entry={entry} error={wanted.error} /></Suspense>;

  const found = setup.data;
  if (!found) return <Start error={setup.error} onRetry={setup.reload} />;
  const { state } = found;
  if (state === "locked") return <Suspense fallback={<Start />}><Unlock setup={found} onOpen={setup.reload} /></Suspense>;
  if (locked) return <Suspense fallback={<Start />}><LockScreen state={lock.data} onOpen={lock.reload} /></Suspense>;
  if (state === "open" && !unlocked) return <Start error={lock.error} onRetry={lock.reload} />;
  if (state === "open" && !settings.data) return <Start error={settings.error} onRetry={settings.reload} />;
  if (state === "new" || settings.data?.first_start_done === false) {
    return (
      <Suspense fallback={<Start />}>
        <FirstStart setup={found} onDone={() => { setup.reload(); settings.reload(); }} />
      </Suspense>
    );
  }
  return <Shell version={found.version} home={found.home} />;
}

function Start({ error, onRetry }: { error?: Parameters<typeof ErrorNote>[0]["error"] | undefined; onRetry?: () => void }) {
  const { t } = useTranslation();
  const connection = useConnection();
  const away = connection === "denied" ? { code: "session", message: "" } : error;
  return (
    <Center component="main" h="100%" p="lg" className={classes.start}>
      {away ? <div className={classes.note}><Title order={1} size="h3" mb="sm">Steward</Title><ErrorNote error={away} onRetry={onRetry} /></div> : <Loader type="dots" aria-label={t("loading")} role="status" />}
    </Center>
  );
}
