import type { PhoneAccount } from "@/shared/api/types";
import { canCapture } from "./audio";
import { Tabs } from "./leader";
import { dropLine, keepLine, takeLostLine } from "./line";
import { beep } from "./ringer";
import { type Caller, type Leg, SipPhone } from "./sip";

export interface SoftphoneState {
  registration: "off" | "connecting" | "registered" | "failed";
  cause: string | null;
  /** `direct`: who calls this phone itself. Such a call is offered nowhere: a colleague dialled the extension, or a flow or ring group led here. */
  leg: { state: "ringing" | "connecting" | "live"; assignmentId: string | null; callId: string | null; direct: Caller | null } | null;
  muted: boolean;
  /** Why the last answer failed, by the name that the browser gives it (NotAllowedError, NotFoundError…). */
  microphoneError: string | null;
}
type Command =
  | { do: "answer" | "reject"; assignmentId: string | null }
  | { do: "mute"; muted: boolean }
  | { do: "hang-up" };

const IDLE: SoftphoneState = { registration: "connecting", cause: null, leg: null, muted: false, microphoneError: null };

/** Q.850 "temporary failure": the line is gone, the call is not over. */
const LINE_LOST = "Reason: Q.850;cause=41";
const isDirect = (leg: Leg): boolean => leg.assignmentId === null && !leg.auto;

/** The browser's phone: one per signed-in tab, of which one leads (see leader.ts). */
export class Softphone {
  private state: SoftphoneState = IDLE;
  private readonly listeners = new Set<() => void>();
  private readonly tabs: Tabs<SoftphoneState, Command>;
  private readonly legs = new Set<Leg>();
  private current: Leg | null = null;
  /** Accepted before its INVITE came: answered as soon as it does. */
  private awaited: string | null = null;
  private phone: SipPhone | null = null;

  /** `rejoin` asks the server to ring this browser into a call that a reload or a crash of the page has cut off. */
  constructor(account: PhoneAccount, private readonly rejoin: (callId: string) => void) {
    this.tabs = new Tabs(`tongdai.softphone.${account.sip_user}`, {
      onLead: () => this.lead(account),
      onState: (state) => this.set(state),
      onCommand: (command) => this.obey(command),
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): SoftphoneState => this.state;

  /** null: the direct call that rings. */
  answer = (assignmentId: string | null): void => this.tabs.ask({ do: "answer", assignmentId });
  reject = (assignmentId: string | null): void => this.tabs.ask({ do: "reject", assignmentId });
  mute = (muted: boolean): void => this.tabs.ask({ do: "mute", muted });
  hangUp = (): void => this.tabs.ask({ do: "hang-up" });

  /** Signed out, or rung elsewhere from now on. Nobody hung up: who talks to this phone waits for the agent, or for another. */
  close(): void {
    for (const leg of [...this.legs]) if (!leg.session.isEnded()) leg.session.terminate({ extraHeaders: [LINE_LOST] });
    this.phone?.stop();
    this.tabs.close();
  }

  private lead(account: PhoneAccount): void {
    this.update({ ...IDLE });
    this.phone = new SipPhone(account, {
      onRegistration: (registration, cause) => {
        this.update({ registration, cause });
        const lost = registration === "registered" && this.legs.size === 0 ? takeLostLine(account.sip_user) : null;
        if (lost) this.rejoin(lost);
      },
      onInvite: (leg) => this.invited(leg),
      onLive: (leg) => {
        this.current = leg;
        if (leg.callId) keepLine(account.sip_user, leg.callId);
        if (this.state.muted) leg.session.mute({ audio: true });
        this.showLeg(leg, "live");
      },
      onGone: (leg) => this.gone(leg),
    });
    this.phone.start().catch((error: unknown) => this.update({ registration: "failed", cause: String(error) }));
  }

  private invited(leg: Leg): void {
    this.legs.add(leg);
    if (leg.auto || (leg.assignmentId !== null && leg.assignmentId === this.awaited)) {
      if (leg.auto) beep();
      void this.pickUp(leg);
    } else if (this.current && isDirect(leg)) {
      // One line: whoever else calls hears that it is busy, and is forwarded as the agent wishes.
      leg.session.terminate({ status_code: 486 });
    } else if (!this.current) {
      this.showLeg(leg, "ringing");
    }
  }

  private async pickUp(leg: Leg): Promise<void> {
    this.awaited = null;
    this.current = leg;
    this.update({ muted: false, microphoneError: null });
    this.showLeg(leg, "connecting");
    try {
      if (!canCapture()) throw new DOMException("insecure page", "SecurityError");
      await this.phone?.answer(leg);
    } catch (error) {
      this.update({ microphoneError: error instanceof DOMException ? error.name : "Error" });
      if (!leg.session.isEnded()) leg.session.terminate({ status_code: 480 });
    }
  }

  private gone(leg: Leg): void {
    this.legs.delete(leg);
    if (this.current && this.current !== leg) return;
    if (this.current === leg) dropLine();
    this.current = null;
    const ringing = [...this.legs].at(-1);
    if (ringing) this.showLeg(ringing, "ringing");
    else this.update({ leg: null, muted: false });
  }

  private obey(command: Command): void {
    if (command.do === "mute") {
      this.update({ muted: command.muted });
      // While it still connects there is no sound to stop: `onLive` mutes then.
      const session = this.current?.session;
      if (session?.connection && command.muted) session.mute({ audio: true });
      else if (session?.connection) session.unmute({ audio: true });
    } else if (command.do === "hang-up") {
      if (this.current && !this.current.session.isEnded()) this.current.session.terminate();
    } else {
      const leg = [...this.legs].reverse().find((one) => one.assignmentId === command.assignmentId && (one.assignmentId !== null || isDirect(one)));
      if (command.do === "answer") {
        if (leg) void this.pickUp(leg);
        else this.awaited = command.assignmentId;
      } else if (leg && leg !== this.current) {
        leg.session.terminate({ status_code: 486 });
      }
    }
  }

  private showLeg(leg: Leg, state: "ringing" | "connecting" | "live"): void {
    this.update({ leg: { state, assignmentId: leg.assignmentId, callId: leg.callId, direct: isDirect(leg) ? leg.caller : null } });
  }

  private update(change: Partial<SoftphoneState>): void {
    this.set({ ...this.state, ...change });
    this.tabs.tell(this.state);
  }

  private set(state: SoftphoneState): void {
    this.state = state;
    this.listeners.forEach((tell) => tell());
  }
}
