import { useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { alertRealtime } from "@/features/analytics/realtime/alerts";
import { boardRealtime } from "@/features/analytics/realtime/board";
import { inboxRealtime } from "@/features/conversations/realtime/inbox";
import { interactionRealtime } from "@/features/conversations/realtime/interactions";
import { threadRealtime } from "@/features/conversations/realtime/threads";
import { contactRealtime } from "@/features/crm/realtime/contacts";
import { meQuery } from "@/features/people/api/session";
import { presenceRealtime } from "@/features/people/realtime/presence";
import { assignmentsQuery } from "@/features/routing/api/assignments";
import { assignmentRealtime } from "@/features/routing/realtime/assignments";
import { callbackRealtime } from "@/features/routing/realtime/callbacks";
import { usePlaceCall } from "@/features/telephony/api/calls";
import { CallStrip } from "@/features/telephony/components/CallStrip";
import { callRealtime } from "@/features/telephony/realtime/calls";
import { SoftphoneProvider } from "@/features/telephony/softphone/context";
import { handleKey } from "@/shared/actions/registry";
import { ErrorBoundary } from "@/shared/components/ErrorBoundary";
import { useProblemText } from "@/shared/components/Feedback";
import { loadNumberingPlans } from "@/shared/format/phone";
import { notice } from "@/shared/components/notices";
import { LOCALES, setLocale } from "@/shared/i18n";
import { RealtimeProvider, useTopic } from "@/shared/realtime/context";
import { afterFirstPaint, soon } from "@/shared/later";
import { DialContext, may, SessionContext, useSession } from "@/shared/session";
import { ToSignIn } from "../ToSignIn";
import { HelpGate } from "./HelpGate";
import { LinkBanner } from "./LinkBanner";
import { Rail } from "./Rail";
import { SearchGate } from "./SearchGate";
import classes from "./Shell.module.css";
import { TopBar } from "./TopBar";
import { useBootstrap } from "./useBootstrap";

const HANDLERS = [presenceRealtime, assignmentRealtime, callRealtime, contactRealtime, interactionRealtime, boardRealtime, alertRealtime, callbackRealtime, threadRealtime, inboxRealtime];
const Reminders = soon(() => import("@/features/routing/components/Reminders").then((part) => part.default));
const OfferSignals = soon(() => import("./OfferSignals").then((part) => part.default));
const ChatSignals = soon(() => import("./ChatSignals").then((part) => part.default));
const FollowSignals = soon(() => import("./FollowSignals").then((part) => part.default));
const AlertSignals = soon(() => import("../live/AlertSignals").then((part) => part.default));

function Frame() {
  const me = useSession();
  const { t } = useTranslation();
  const location = useLocation();
  useBootstrap();
  useTopic("me");
  const mine = useQuery(assignmentsQuery).data;
  const [painted, setPainted] = useState(false);
  useEffect(() => afterFirstPaint(() => setPainted(true)), []);
  useEffect(() => {
    window.addEventListener("keydown", handleKey);
    return () => window.removeEventListener("keydown", handleKey);
  }, []);
  return (
    <div className={classes.frame}>
      <a href="#content" className="td-skip">{t("common.skip")}</a>
      <Rail />
      <div className={classes.column}>
        <TopBar />
        <CallStrip since={(call) => mine?.find((row) => row.interaction_id === call.interaction_id)?.accepted_at ?? null} />
        <LinkBanner />
        {painted && may(me, "callbacks.see") && <Suspense><Reminders /></Suspense>}
        <main id="content" tabIndex={-1} className={classes.content}>
          <ErrorBoundary resetKey={location.pathname}><Outlet /></ErrorBoundary>
        </main>
      </div>
      <SearchGate />
      <HelpGate />
      {painted && may(me, "calls.take") && <Suspense><ChatSignals /></Suspense>}
      {painted && may(me, "interactions.see") && <Suspense><FollowSignals /></Suspense>}
      {painted && may(me, "live.see") && <Suspense><AlertSignals /></Suspense>}
      <div className="td-visually-hidden" role="alert">{painted && <Suspense><OfferSignals /></Suspense>}</div>
    </div>
  );
}

/** True once numbers can be written in national form. */
function useNumberingPlans(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => afterFirstPaint(() => void loadNumberingPlans().then(() => setReady(true))), []);
  return ready;
}

/** Everything behind the sign-in: session, phone, live link, and the frame around the screens. */
export function Shell() {
  const { t } = useTranslation();
  const me = useQuery(meQuery).data;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const describe = useProblemText();
  const place = usePlaceCall();
  const { setColorScheme } = useMantineColorScheme();
  const locale = me?.user.locale;
  const chosenTheme = me?.user.theme;
  useEffect(() => {
    if (locale && LOCALES.includes(locale)) void setLocale(locale);
  }, [locale]);
  useEffect(() => {
    if (chosenTheme) setColorScheme(chosenTheme);
  }, [chosenTheme, setColorScheme]);
  useEffect(() => {
    if (me === null) queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  }, [me, queries]);
  const { mutate } = place;
  const dial = useCallback((to: string, callerId?: string, projectId?: string) => {
    mutate({ to, callerId, projectId }, {
      onSuccess: () => void navigate({ to: "/workspace" }),
      onError: (error) => notice(t("call.failed", { why: describe(error) }), "bad"),
    });
    // `describe` and `t` only word the failure.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mutate, navigate]);
  const plans = useNumberingPlans();
  // A new object when the plans arrive: whoever formats a number asks the session for the country, and so renders again.
  const session = useMemo(() => me && { ...me, plans }, [me, plans]);
  if (!me || !session) return <ToSignIn />;
  return (
    <SessionContext value={session}>
      <DialContext value={may(me, "calls.take") ? dial : null}>
        <RealtimeProvider handlers={HANDLERS}>
          <SoftphoneProvider><Frame /></SoftphoneProvider>
        </RealtimeProvider>
      </DialContext>
    </SessionContext>
  );
}
