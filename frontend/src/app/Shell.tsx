import { ActionIcon, Kbd, Skeleton, Tooltip, UnstyledButton } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconCalendarRepeat, IconChecklist, IconFileText, IconKeyboard, IconMail, IconMessageCircle, IconPlayerPlay, IconSearch, IconSettings, IconShieldCheck } from "@tabler/icons-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCall } from "@/lib/hooks";
import { href, type Screen, screens, useRoute } from "@/lib/route";
import { Boundary } from "@/ui/Boundary";
import { ConnectionBanner } from "./ConnectionBanner";
import { Lock, useLock } from "./Lock";
import classes from "./Shell.module.css";
import { useShortcuts } from "./use-shortcuts";

const AlertToasts = lazy(() => import("@/features/trust/AlertToasts"));
const Palette = lazy(() => import("./Palette"));
const Shortcuts = lazy(() => import("./Shortcuts"));

const pages = {
  chat: lazy(() => import("@/features/chat/ChatScreen")),
  approvals: lazy(() => import("@/features/approvals/ApprovalsScreen")),
  mail: lazy(() => import("@/features/mail/MailScreen")),
  reports: lazy(() => import("@/features/reports/ReportsScreen")),
  automations: lazy(() => import("@/features/automations/AutomationsScreen")),
  runs: lazy(() => import("@/features/runs/RunsScreen")),
  trust: lazy(() => import("@/features/trust/TrustScreen")),
  settings: lazy(() => import("@/features/settings/SettingsScreen")),
};

const icons: Record<Screen, typeof IconMail> = { chat: IconMessageCircle, approvals: IconChecklist, mail: IconMail, reports: IconFileText, automations: IconCalendarRepeat, runs: IconPlayerPlay, trust: IconShieldCheck, settings: IconSettings };

/** The frame around every screen: the way to the others, the palette, the shortcuts, and word of a backend that is away. */
export function Shell({ version, home }: { version: string; home: string }) {
  const { t } = useTranslation();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const [help, setHelp] = useState(false);
  const [wanted, setWanted] = useState(0);
  const openPalette = () => setWanted((n) => n + 1);
  const lock = useLock();
  useShortcuts({ palette: openPalette, help: () => setHelp(true), lock });
  useDocumentTitle(`${t(`nav.${route.screen}`)} · Steward`);
  const Screen = pages[route.screen];
  const counts: Partial<Record<Screen, number>> = { approvals: useCall("Approvals/List", {}).data?.sheets.length ?? 0, trust: useCall("Alerts/List", { open_only: true }).data?.open ?? 0 };
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t("shell.skip")}</a>
      <nav className={classes.nav} aria-label={t("shell.nav")}>
        <div className={classes.brand}>
          <img src="./icon.svg" width={26} height={26} alt="" />
          <span className={classes.label}>Steward</span>
        </div>
        <UnstyledButton className={classes.find} onClick={openPalette} aria-keyshortcuts="Control+K Meta+K">
          <IconSearch size={17} aria-hidden />
          <span className={classes.label}>{t("palette.button")}</span>
          <Kbd size="xs" className={classes.label} aria-hidden>{navigator.userAgent.includes('Mac') ? "⌘K" : "Ctrl K"}</Kbd>
        </UnstyledButton>
        <ul>
          {screens.map((screen) => {
            const Icon = icons[screen];
            const count = counts[screen] ?? 0;
            return (
              <li key={screen} data-last={screen === "settings" || undefined}>
                <Tooltip label={t(`nav.${screen}`)} position="right" classNames={{ tooltip: classes.tip ?? "" }}>
                  <a href={href(screen)} className={classes.link} aria-current={route.screen === screen ? "page" : undefined}>
                    <Icon size={20} stroke={1.7} aria-hidden />
                    <span className={classes.label}>{t(`nav.${screen}`)}</span>
                    {count > 0 && <span className={classes.count} data-testid={`count-${screen}`}><span className="visually-hidden">{t("nav.count", { count })}</span><span aria-hidden>{count > 99 ? "99+" : count}</span></span>}
                  </a>
                </Tooltip>
              </li>
            );
          })}
        </ul>
        <ActionIcon variant="subtle" color="gray" className={classes.keys} aria-label={t("keys.title")} onClick={() => setHelp(true)}>
          <IconKeyboard size={20} stroke={1.7} aria-hidden />
        </ActionIcon>
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        <div className={classes.screen}>
          <Suspense fallback={<div className={classes.wait}><Skeleton height={28} width={180} /><Skeleton height={120} mt="lg" /></div>}>
            <Boundary key={route.screen}><Screen version={version} home={home} /></Boundary>
          </Suspense>
        </div>
      </main>
      <Lock />
      <Suspense fallback={null}>
        <AlertToasts />
        {wanted > 0 && <Palette wanted={wanted} onKeys={() => setHelp(true)} />}
        {help && <Shortcuts onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}
