import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { alertsQuery } from "@/features/analytics/api/alerts";
import { boardQuery } from "@/features/analytics/api/board";
import { Wall } from "@/features/analytics/components/wall/Wall";
import { wallSearch } from "@/features/analytics/components/wall/pages";
import { alertRealtime } from "@/features/analytics/realtime/alerts";
import { boardRealtime } from "@/features/analytics/realtime/board";
import { meQuery } from "@/features/people/api/session";
import { handleKey } from "@/shared/actions/registry";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { usePageTitle } from "@/shared/components/title";
import { LOCALES, setLocale } from "@/shared/i18n";
import "@/shared/i18n/floor";
import { RealtimeProvider, useLinkState, useRealtime, useTopic } from "@/shared/realtime/context";
import { SessionContext } from "@/shared/session";
import { ToSignIn } from "../ToSignIn";
import { useAwake, useWakeLock } from "./awake";

const HANDLERS = [boardRealtime, alertRealtime];
/** So old may figures be before it is said: a blink of the network is not worth a word that is read from five metres. */
const OLD_MS = 12_000;
const AGAIN_MS = 60_000;

/** Since when the figures have not been renewed; null while they are fresh. */
function useOldSince(fetchedAt: number): string | null {
  const live = useLinkState() === "live";
  const [old, setOld] = useState<string | null>(null);
  useEffect(() => {
    const renewed = Math.max(live ? 0 : Date.now(), fetchedAt);
    const timer = setInterval(() => setOld(!live && fetchedAt > 0 && Date.now() - renewed > OLD_MS ? new Date(renewed).toISOString() : null), 1000);
    return () => clearInterval(timer);
  }, [live, fetchedAt]);
  return old;
}

function Inside() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const asked = wallSearch({ ...useSearch({ from: "/wall" }) });
  const realtime = useRealtime();
  // A wall hangs for weeks: fetched anew once a minute, it is right again whatever it missed.
  const query = useQuery({ ...boardQuery, refetchInterval: AGAIN_MS, refetchIntervalInBackground: true });
  useQuery({ ...alertsQuery, refetchInterval: AGAIN_MS, refetchIntervalInBackground: true });
  const oldSince = useOldSince(query.dataUpdatedAt);
  const seq = query.data?.seq;
  useTopic("board");
  useTopic("alerts");
  useWakeLock();
  useAwake();
  usePageTitle(t("wall.title"));
  useEffect(() => {
    if (seq) realtime.start(seq);
  }, [realtime, seq]);
  useEffect(() => {
    window.addEventListener("keydown", handleKey);
    return () => window.removeEventListener("keydown", handleKey);
  }, []);
  return (
    <main>
      <h1 className="td-visually-hidden">{t("wall.title")}</h1>
      {query.data ? <Wall board={query.data} asked={asked} oldSince={oldSince} onLeave={() => void navigate({ to: "/live" })} />
        : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading rows={8} height={90} />}
    </main>
  );
}

/** A page of its own, without rail, top bar and phone: whoever hangs it up takes no calls there. */
export function WallScreen() {
  const me = useQuery(meQuery).data;
  const { setColorScheme } = useMantineColorScheme();
  const locale = me?.user.locale;
  const theme = me?.user.theme;
  useEffect(() => {
    if (locale && LOCALES.includes(locale)) void setLocale(locale);
  }, [locale]);
  useEffect(() => {
    if (theme) setColorScheme(theme);
  }, [theme, setColorScheme]);
  if (!me) return <ToSignIn />;
  return (
    <SessionContext value={me}>
      <RealtimeProvider handlers={HANDLERS}><Inside /></RealtimeProvider>
    </SessionContext>
  );
}
