import { ActionIcon, Button, Popover, Tooltip } from "@mantine/core";
import {
  IconDialpad, IconMicrophone, IconMicrophoneOff, IconPhoneOff, IconPhoneOutgoing, IconPlayerPause, IconPlayerPauseFilled, IconPlayerPlay, IconPoint, IconPointFilled,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call } from "@/shared/api/types";
import { keyText, useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { serverNow } from "@/shared/format/clock";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { stateStyle } from "@/shared/components/StateBadge";
import { phoneText } from "@/shared/format/phone";
import { soon } from "@/shared/later";
import { may as mayDo, useSession } from "@/shared/session";
import { callQuery, useCallCommand, useDtmf, useReportMute } from "../api/calls";
import { useSoftphone, useSoftphoneState } from "../softphone/context";
import { beep } from "../softphone/ringer";
import { watchQuery } from "../api/watch";
import classes from "./CallStrip.module.css";
import { Keypad } from "./Keypad";

const TransferPicker = soon(async () => (await import("./TransferPicker")).default);
const WatchBar = soon(async () => (await import("./WatchBar")).default);
const FieldPause = soon(async () => (await import("./FieldPause")).default);
const TogetherBar = soon(async () => (await import("./TogetherBar")).default);
const DirectCall = soon(async () => (await import("./DirectCall")).default);

export function useCallControls(call: Call, mine = true) {
  const describe = useProblemText();
  const { t } = useTranslation();
  const phone = useSoftphone();
  const softphone = useSoftphoneState();
  const command = useCallCommand();
  const report = useReportMute();
  // The browser's own leg tells at once, also while it is still connecting; a desk phone when the server has heard.
  const muted = softphone.leg ? softphone.muted : call.muted;
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  const held = call.state === "held";
  return {
    muted,
    held,
    pending: command.isPending ? command.variables.command : null,
    toggleMute: () => {
      phone?.mute(!muted);
      if (mine) report.mutate({ call, muted: !muted }, failed);
    },
    toggleHold: () => call.state !== "ringing" && command.mutate({ call, command: held ? "resume" : "hold" }, failed),
    toggleRecording: () =>
      command.mutate({ call, command: ({ on: "recording/pause", paused: "recording/resume", off: "recording/start", none: "recording/start" } as const)[call.recording] }, failed),
    stopRecording: () => command.mutate({ call, command: "recording/stop" }, failed),
    /** The sound is elsewhere (a desk phone, a page that was reloaded): ring this browser into the call. */
    bringHere: () => command.mutate({ call, command: "rejoin" }, failed),
    hangUp: () =>
      command.mutate(
        { call, command: "hang-up" },
        { onError: (error) => {
          // The server is away, the line need not stay: the phone itself hangs up.
          phone?.hangUp();
          notice(t("call.hangUpFailed", { why: describe(error) }), "bad");
        } },
      ),
  };
}

/** What is always recorded may still be paused, where a rule says so. */
const pressable = (call: Call): boolean => call.state !== "ringing" && (call.recording_by_agent || (call.recording_pausable && (call.recording === "on" || call.recording === "paused")));

/** That a call is recorded is always said; only where the queue leaves it to the agent is there something to press. */
function Recording({ call, pending, toggle }: { call: Call; pending: boolean; toggle: () => void }) {
  const { t } = useTranslation();
  const on = call.recording === "on";
  const paused = call.recording === "paused";
  const Mark = on ? IconPointFilled : paused ? IconPlayerPauseFilled : IconPoint;
  const dot = <Mark size={16} color={on ? "var(--td-danger)" : paused ? "var(--offered-mark)" : "var(--td-muted)"} aria-hidden />;
  const deed = t(on ? "call.pauseRecording" : paused ? "call.resumeRecording" : "call.startRecording");
  if (!pressable(call)) return on ? <span className={classes.rec}>{dot} <span>{t("call.recording")}</span></span> : null;
  return (
    <Tooltip label={`${deed} (${keyText("Alt+C")})`}>
      <Button variant="subtle" color="gray" px={6} className={classes.rec} aria-label={deed} loading={pending} onClick={toggle} leftSection={dot}>
        {t(on ? "call.recording" : paused ? "call.recordingPaused" : "call.record")}
      </Button>
    </Tooltip>
  );
}

const REMIND_MS = 60_000;

/** Every minute that a customer hears music, a tone says so; true from the first one on. */
function useHoldReminder(since: string | null): boolean {
  const [reminded, setReminded] = useState<string | null>(null);
  useEffect(() => {
    if (!since) return;
    const held = Math.max(0, serverNow() - Date.parse(since));
    let timer = setTimeout(function remind() {
      beep();
      setReminded(since);
      timer = setTimeout(remind, REMIND_MS);
    }, REMIND_MS - (held % REMIND_MS));
    return () => clearTimeout(timer);
  }, [since]);
  return since !== null && reminded === since;
}

function Strip({ call, since }: { call: Call; since: string | null }) {
  const { t } = useTranslation();
  const me = useSession();
  const country = me.tenant.country;
  // Who was called in by a colleague may speak, be silent and leave.
  const mine = call.together === "none" || call.agent?.id === me.user.id;
  const control = useCallControls(call, mine);
  const [sending, setSending] = useState(false);
  const may = { hold: mine && call.together !== "consult", send: mine && call.state !== "ringing" && call.together !== "consult", record: mine && pressable(call) };
  // Once somebody is asked the picker is gone before it heard that it is done, and would be back with the last of them.
  if (sending && !may.send) setSending(false);
  const softphone = useSoftphoneState();
  const dtmf = useDtmf();
  const [keypad, setKeypad] = useState(false);
  const state = call.state === "held" ? "hold" : "talking";
  const heldLong = useHoldReminder(mine ? call.on_hold_since : null);
  useActions([
    { id: "call.mute", name: t(control.muted ? "call.unmute" : "call.mute"), section: "call", hotkey: "Alt+M", perform: control.toggleMute },
    may.hold ? { id: "call.hold", name: t(control.held ? "call.resume" : "call.hold"), section: "call", hotkey: "Alt+H", perform: control.toggleHold } : null,
    may.send ? { id: "call.send", name: t("call.send"), section: "call", hotkey: "Alt+T", perform: () => setSending((open) => !open) } : null,
    { id: "call.keypad", name: t("call.keypad"), section: "call", hotkey: "Alt+K", perform: () => setKeypad((open) => !open) },
    may.record ? { id: "call.record", name: t("call.recordKey"), section: "call", hotkey: "Alt+C", perform: control.toggleRecording } : null,
    may.record && call.recording_by_agent && (call.recording === "on" || call.recording === "paused") ? { id: "call.stopRecording", name: t("call.stopRecording"), section: "call", perform: control.stopRecording } : null,
    call.together === "consult" && mine ? null : { id: "call.hangUp", name: t("call.hangUp"), section: "call", hotkey: "Alt+X", perform: control.hangUp },
  ]);
  const who = call.peer.name || (call.peer.number ? phoneText(call.peer.number, country) : t("common.withheld"));
  const holding = control.pending === "hold" || control.pending === "resume";
  return (
    <>
    <section className={classes.strip} style={stateStyle(state)} data-state={state} aria-label={t("call.strip")}>
      <div className={classes.who}>
        <strong className="td-clip">{who}</strong>
        <span className={`td-clip ${classes.what}`}>
          {call.state === "ringing" ? t("call.ringing") : heldLong ? <strong role="status" className={classes.heldLong}>{t("call.heldLong")}</strong> : t(call.state === "held" ? "state.hold" : "state.talking")}
          {call.queue ? ` · ${call.queue.name}` : ""}
        </span>
      </div>
      <Elapsed since={call.on_hold_since ?? since ?? call.answered_at ?? call.started_at} className={classes.time} />
      {mine && call.state !== "ringing" && softphone.registration === "registered" && softphone.leg === null && (
        <Button variant="default" loading={control.pending === "rejoin"} onClick={control.bringHere}>{t("call.bringHere")}</Button>
      )}
      {mine && <Recording call={call} pending={control.pending?.startsWith("recording") ?? false} toggle={control.toggleRecording} />}
      <div className={classes.controls}>
        <Tooltip label={`${t(control.muted ? "call.unmute" : "call.mute")} (${keyText("Alt+M")})`}>
          <ActionIcon
            size={38} variant="default" className={classes.mute} aria-pressed={control.muted}
            aria-label={t("call.mute")} onClick={control.toggleMute}
          >
            {control.muted ? <IconMicrophoneOff size={19} /> : <IconMicrophone size={19} />}
          </ActionIcon>
        </Tooltip>
        <Popover opened={keypad} onChange={setKeypad} position="bottom" trapFocus returnFocus>
          <Popover.Target>
            <Tooltip label={`${t("call.keypad")} (${keyText("Alt+K")})`}>
              <ActionIcon size={38} variant="default" aria-label={t("call.keypad")} aria-expanded={keypad} onClick={() => setKeypad(!keypad)}><IconDialpad size={19} /></ActionIcon>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown><Keypad onKey={(digit) => dtmf.mutate({ call, digits: digit })} /></Popover.Dropdown>
        </Popover>
        {may.send && (
          <Popover opened={sending} onChange={setSending} position="bottom-end" trapFocus returnFocus>
            <Popover.Target>
              <Tooltip label={`${t("call.send")} (${keyText("Alt+T")})`}>
                <ActionIcon size={38} variant="default" aria-label={t("call.send")} aria-expanded={sending} onClick={() => setSending(!sending)}><IconPhoneOutgoing size={19} /></ActionIcon>
              </Tooltip>
            </Popover.Target>
            <Popover.Dropdown><Suspense>{sending && <TransferPicker call={call} onDone={() => setSending(false)} />}</Suspense></Popover.Dropdown>
          </Popover>
        )}
        <span className={classes.gap} />
        {may.hold && <Button
          variant="default" className={classes.hold} aria-pressed={control.held} disabled={call.state === "ringing"} data-holding={holding || undefined}
          leftSection={control.held ? <IconPlayerPlay size={17} /> : <IconPlayerPause size={17} />} onClick={control.toggleHold}
        >
          {holding ? t("call.holding") : t(control.held ? "call.resume" : "call.hold")}
        </Button>}
        {(call.together !== "consult" || !mine) && <Button className={classes.hangUp} leftSection={<IconPhoneOff size={17} />} onClick={control.hangUp} loading={control.pending === "hang-up"} aria-label={t("call.hangUp")}>
          <span className={classes.hangUpText}>{t("call.hangUp")}</span>
        </Button>}
      </div>
    </section>
    {mine && <Suspense><FieldPause call={call} /></Suspense>}
    {call.agent && <Suspense><TogetherBar call={call} mine={mine} /></Suspense>}
    </>
  );
}

/** Always in sight while a call is up, on every screen. `since` when this agent talks; the line was answered earlier, by the flow. */
export function CallStrip({ since }: { since: (call: Call) => string | null }) {
  const call = useQuery(callQuery).data;
  const watch = useQuery({ ...watchQuery, enabled: mayDo(useSession(), "calls.monitor") }).data;
  const leg = useSoftphoneState().leg;
  if (call) return <Strip call={call} since={since(call)} />;
  if (leg?.direct) return <Suspense><DirectCall key={leg.state} state={leg.state} caller={leg.direct} /></Suspense>;
  return watch ? <Suspense><WatchBar watch={watch} /></Suspense> : null;
}
