import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCircleCheck, IconHeadset } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { contactQuery } from "@/features/crm/api/contacts";
import { presenceQuery, reasonsQuery } from "@/features/people/api/presence";
import { assignmentsQuery } from "@/features/routing/api/assignments";
import { callQuery } from "@/features/telephony/api/calls";
import { watchQuery } from "@/features/telephony/api/watch";
import { useMicrophoneHelp } from "@/features/telephony/components/useMicrophoneHelp";
import { useSoftphoneState } from "@/features/telephony/softphone/context";
import type { Assignment, Id } from "@/shared/api/types";
import { keyText, useAllActions } from "@/shared/actions/registry";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { usePageTitle } from "@/shared/components/title";
import { soon } from "@/shared/later";
import { CallCard } from "./CallCard";
import { CandidatePick } from "./CandidatePick";
import classes from "./Workspace.module.css";

// None is needed before there is a call, or before the frame has been painted.
const CustomerPanel = soon(async () => (await import("@/features/crm/components/CustomerPanel")).CustomerPanel);
const NarrowTabs = soon(async () => (await import("./NarrowTabs")).NarrowTabs);
const WrapUp = soon(async () => (await import("@/features/routing/components/WrapUp")).WrapUp);
const AssignmentList = soon(async () => (await import("@/features/routing/components/AssignmentList")).AssignmentList);
const Offers = soon(async () => (await import("./Offers")).Offers);
const ChatPane = soon(async () => (await import("./ChatPane")).ChatPane);
const VisitFacts = soon(async () => (await import("@/features/channels/components/VisitFacts")).VisitFacts);
const Idle = soon(async () => (await import("./Idle")).Idle);

/** A caller who was given a name while on the line is called by it in one's own list at once. */
function useNamed(row: Assignment | null): void {
  const queries = useQueryClient();
  const id = row?.contact?.id ?? "";
  const name = useQuery({ ...contactQuery(id), enabled: id !== "" }).data?.name;
  useEffect(() => {
    if (!name) return;
    queries.setQueryData(assignmentsQuery.queryKey, (rows: Assignment[] | undefined) =>
      rows?.map((one) => (one.contact?.id === id && one.contact.name !== name ? { ...one, contact: { ...one.contact, name } } : one)));
  }, [queries, id, name]);
}

/** My contacts · the contact · the customer. On a narrow page the three become tabs below the offer. */
export function Workspace() {
  const { t } = useTranslation();
  const narrow = useMediaQuery("(max-width: 1099px)", false, { getInitialValueInEffect: false });
  usePageTitle(t("nav.workspace"));
  const query = useQuery(assignmentsQuery);
  const presence = useQuery(presenceQuery).data;
  const reasons = useQuery(reasonsQuery).data ?? [];
  const call = useQuery(callQuery).data;
  const watch = useQuery(watchQuery).data;
  const { leg, microphoneError: microphone } = useSoftphoneState();
  const help = useMicrophoneHelp();
  const [picked, setPicked] = useState<Id | null>(null);
  const [taken, setTaken] = useState<Id | null>(null);

  const rows = query.data ?? [];
  const offers = rows.filter((row) => row.state === "offered");
  const active = rows.filter((row) => row.state !== "offered");
  // What was just taken is shown as soon as it is mine, unless the agent has gone elsewhere meanwhile.
  const shown = active.find((row) => row.id === taken) ?? active.find((row) => row.id === picked) ?? active.find((row) => row.state === "accepted") ?? active[0] ?? null;
  const pick = (id: Id) => {
    setTaken(null);
    setPicked(id);
  };
  const take = (id: Id) => {
    setPicked(shown?.id ?? null);
    setTaken(id);
  };
  // The record is open before the call is: an offer shows its customer when nothing else is in hand.
  const customerOf = shown ?? offers[0] ?? null;
  useNamed(customerOf);
  // What was worked on is gone, and the focus with it: the keyboard goes on from the page's beginning, not from nowhere.
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById("content")?.focus({ preventScroll: true });
  }, [shown?.id, shown?.state, offers.length]);
  const actions = useAllActions();
  const goReady = presence?.state === "ready" ? undefined : actions.find((action) => action.id === "presence.ready");

  const contacts = (
    <section className={classes.list} aria-label={t("assignments.title")}>
      <h2 className={classes.heading}>{t("assignments.title")}</h2>
      {microphone && <div role="alert" className={classes.alert}>{help(microphone)}</div>}
      {offers.length > 0 && <Suspense><Offers offers={offers} onAccept={take} /></Suspense>}
      {query.isPending ? <Loading rows={3} height={56} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : null}
      {active.length > 0 && <Suspense><AssignmentList rows={active} selected={shown?.id ?? null} onSelect={pick} onHold={call?.state === "held"} digits={!watch} /></Suspense>}
      {query.data && rows.length === 0 && (
        <EmptyState icon={<IconHeadset size={32} />} title={t("assignments.empty")} text={t(presence?.state === "ready" ? "assignments.emptyReady" : presence?.reason?.system === "missed_offers" ? "idle.missed" : "assignments.emptyNotReady")} action={goReady && <Button className={classes.go} leftSection={<IconCircleCheck size={17} />} onClick={goReady.perform}>{t("presence.goReady")} <kbd className={classes.key}>{keyText(goReady.hotkey ?? "")}</kbd></Button>} />
      )}
    </section>
  );
  const chat = shown && shown.channel !== "voice" ? shown.thread?.conversation_id : undefined;
  const contact = (
    <section className={classes.contact} data-chat={chat ? true : undefined}>
      {shown && chat ? <Suspense fallback={<Loading rows={6} height={44} />}><ChatPane key={shown.id} row={shown} conversationId={chat} reasons={reasons} onCall={Boolean(call ?? watch ?? leg)} /></Suspense>
      : shown ? (
        <>
          <CallCard row={shown} call={call && call.interaction_id === shown.interaction_id ? call : null} />
          <Suspense fallback={<Loading rows={4} />}><WrapUp key={shown.id} row={shown} reasons={reasons} /></Suspense>
        </>
      ) : offers[0] ? <CallCard row={offers[0]} call={null} />
        : <Suspense><Idle /></Suspense>}
    </section>
  );
  const customer = (
    <aside className={classes.customer} aria-label={t("contact.kind.customer")}>
      {shown?.channel === "webchat" && <Suspense><VisitFacts row={shown} /></Suspense>}
      {customerOf && customerOf.candidates.length > 0 && <CandidatePick key={customerOf.id} row={customerOf} />}
      {customerOf?.contact && <Suspense fallback={<Loading rows={7} />}><CustomerPanel key={customerOf.contact.id} contactId={customerOf.contact.id} /></Suspense>}
      {customerOf && !customerOf.contact && customerOf.candidates.length === 0 && <p className="td-muted">{t(customerOf.number ? "offer.unknown" : customerOf.channel === "voice" ? "contact.none" : "contact.noneInWriting")}</p>}
    </aside>
  );
  if (!narrow) {
    return (
      <div className={classes.columns} data-idle={!customerOf || undefined}>
        <h1 className="td-visually-hidden">{t("nav.workspace")}</h1>
        {contacts}{contact}{customerOf && customer}
      </div>
    );
  }
  return (
    <div className={classes.narrow}>
      <h1 className="td-visually-hidden">{t("nav.workspace")}</h1>
      {contacts}
      {!customerOf && contact}
      {(shown || customerOf) && (
        <Suspense><NarrowTabs name={t(chat ? "chat.short" : "card.notes")} contact={contact} customer={customer} /></Suspense>
      )}
    </div>
  );
}
