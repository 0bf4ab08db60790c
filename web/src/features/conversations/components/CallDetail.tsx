import "@/shared/i18n/chat";
import { Alert } from "@mantine/core";
import { lazy, Suspense, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Interaction } from "@/shared/api/types";
import { exitText } from "@/shared/components/flowWords";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { ResultBadge } from "@/shared/components/ResultBadge";
import { ExactTime } from "@/shared/components/Time";
import { Loading } from "@/shared/components/Feedback";
import { useWho } from "@/shared/format/who";
import { serverNow } from "@/shared/format/clock";
import { clockText, numberText, timeOfDay } from "@/shared/format/time";
import { may, useSession } from "@/shared/session";
import classes from "./Detail.module.css";
import { CallbackOfCall } from "./CallbackOfCall";
import { LegalHold } from "./LegalHold";
import { Player, type PlayerHandle } from "./Player";
import { causeText, eventText } from "./causes";
import { Routing } from "./Routing";
import { SegmentBar } from "./SegmentBar";
import "@/shared/i18n/exchange";

const ThreadCard = lazy(() => import("./ThreadCard"));

export function CallDetail({ call }: { call: Interaction }) {
  const { t, i18n } = useTranslation();
  const me = useSession();
  const who = useWho();
  const written = call.channel !== "voice";
  const player = useRef<PlayerHandle>(null);
  const recording = call.recordings[0];
  const ends = call.segments.map((segment) => (segment.end ? Date.parse(segment.end) : serverNow()));
  const end = Math.max(...ends, Date.parse(call.started_at));
  const talkStart = call.segments.find((segment) => segment.kind === "talk")?.start;
  const quality = call.quality;
  const facts: [string, React.ReactNode][] = [
    [t("calls.column.result"), <ResultBadge key="r" result={call.result} />],
    [t("calls.column.when"), <ExactTime key="w" at={call.started_at} />],
    [t("chat.channel"), t(`chat.channel.${call.channel as "voice" | "webchat" | "email"}`)],
    [t("calls.number"), written ? null : call.number ? <PhoneNumber key="n" value={call.number.e164} /> : t("common.withheld")],
    [t("calls.direction"), t(`direction.${call.direction}`)],
    [t("calls.column.queue"), call.queue?.name], [t("calls.column.agent"), call.agent?.name], [t("calls.column.disposition"), call.disposition],
    [t("call.position"), call.waiting?.position], [t("board.expected"), call.waiting?.expected_wait_s != null ? clockText(call.waiting.expected_wait_s) : null],
    [t("calls.column.wait"), call.wait_s ? clockText(call.wait_s) : null], [t("calls.column.talk"), call.talk_s ? clockText(call.talk_s) : null],
    [t("segment.hold"), call.hold_s ? clockText(call.hold_s) : null], [t("segment.wrap_up"), call.wrap_up_s ? clockText(call.wrap_up_s) : null],
    [t(written ? "chat.endedBy" : "calls.hungUpBy"), call.hung_up_by ? t(`calls.hungUpBy.${call.hung_up_by}`) : null], [t("calls.cause"), causeText(t, call.cause)],
  ];
  return (
    <div className={classes.grid}>
      <div className={classes.stack}>
        {written && call.conversation_id && <Suspense fallback={<Loading rows={5} height={44} />}><ThreadCard conversationId={call.conversation_id} customer={who(call)} /></Suspense>}
        <section className={classes.card}>
          <h2>{t(written ? "chat.segments" : "call.segments")}</h2>
          <SegmentBar segments={call.segments} end={end} onSeek={(instant) => talkStart && player.current?.seek((instant - Date.parse(talkStart)) / 1000)} />
          {recording && may(me, "calls.listen") && <div style={{ marginTop: 14 }}><Player ref={player} recording={recording} /><LegalHold recording={recording} mayHold={may(me, "recordings.hold")} /></div>}
          {recording && !may(me, "calls.listen") && <Alert mt="sm" color="gray" variant="light">{t("player.notAllowed")}</Alert>}
        </section>
        <section className={classes.card}>
          <h2>{t("card.notes")}</h2>
          {call.notes ? <p className={classes.notes}>{call.notes}</p> : <span className="td-muted">{t("calls.noNotes")}</span>}
        </section>
        {call.routing.length > 0 && <section className={classes.card}><h2>{t("routing.title")}</h2><Routing decisions={call.routing} /></section>}
      </div>
      <div className={classes.stack}>
        <section className={classes.card}>
          <h2>{t("calls.facts")}</h2>
          <dl className={classes.facts}>{facts.filter(([, value]) => value).map(([label, value]) => <div key={label} style={{ display: "contents" }}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
        </section>
        {call.callback && <CallbackOfCall callback={call.callback} here={call.id} />}
        {call.flow_path.length > 0 && (
          <section className={classes.card}>
            <h2>{t("calls.flowPath")}</h2>
            <ol className={classes.steps}>
              {call.flow_path.map((step, place) => (
                <li key={place}>
                  <span className="td-muted td-num">{timeOfDay(step.at, i18n.language, me.user.time_zone, true)}</span> {step.label}
                  {step.result && step.result !== "done" && <span className={classes.key}>{exitText(t, step.result)}</span>}
                </li>
              ))}
            </ol>
          </section>
        )}
        {quality && (
          <section className={classes.card}>
            <h2>{t("quality.title")}</h2>
            <dl className={classes.facts}>
              {([["quality.mos", quality.mos, 1, ""], ["quality.loss", quality.loss_pct, 1, " %"], ["quality.jitter", quality.jitter_ms, 1, " ms"], ["quality.rtt", quality.rtt_ms, 0, " ms"]] as const).map(([label, value, digits, unit]) => value == null ? null : (
                <div key={label} style={{ display: "contents" }}><dt>{t(label)}</dt><dd className="td-num">{numberText(value, i18n.language, digits)}{unit}</dd></div>
              ))}
            </dl>
          </section>
        )}
        <section className={classes.card}>
          <h2>{t("calls.events")}</h2>
          <dl className={classes.facts}>
            {call.events.map((event) => <div key={event.at + event.type} style={{ display: "contents" }}><dt className="td-num">{timeOfDay(event.at, i18n.language, me.user.time_zone, true)}</dt><dd>{eventText(t, event.type)} {event.detail}</dd></div>)}
          </dl>
        </section>
      </div>
    </div>
  );
}
