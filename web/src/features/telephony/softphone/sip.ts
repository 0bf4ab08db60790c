import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRTCSessionEvent, UA } from "jssip/lib/UA";
import type { PhoneAccount } from "@/shared/api/types";
import { chosenDevice, openMicrophone } from "./audio";

export interface SipEvents {
  onRegistration: (state: "connecting" | "registered" | "failed", cause: string | null) => void;
  /** A session appeared; it is not answered yet. */
  onInvite: (leg: Leg) => void;
  onLive: (leg: Leg) => void;
  onGone: (leg: Leg, cause: string) => void;
}
export interface Leg {
  session: RTCSession;
  assignmentId: string | null;
  callId: string | null;
  auto: boolean;
  caller: Caller;
}
/** As the centre names whoever calls; either may be empty. */
export interface Caller { name: string; number: string }

/** Candidates that arrive later than this would delay the answer more than they could help it. */
const ICE_PATIENCE_MS = 400;

export const remoteAudio = (): HTMLAudioElement => {
  const found = document.getElementById("softphone-audio");
  if (found instanceof HTMLAudioElement) return found;
  const audio = document.createElement("audio");
  audio.id = "softphone-audio";
  audio.autoplay = true;
  document.body.append(audio);
  return audio;
};

export class SipPhone {
  private ua: UA | null = null;
  private stopped = false;

  constructor(private readonly account: PhoneAccount, private readonly events: SipEvents) {}

  /** The library is loaded only by the tab that owns the phone. */
  async start(): Promise<void> {
    const { default: JsSIP } = await import("jssip");
    if (this.stopped) return;
    const { account, events } = this;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new JsSIP.WebSocketInterface(`${scheme}://${location.host}${account.ws_path}`);
    const ua = new JsSIP.UA({
      sockets: [socket],
      uri: `sip:${account.sip_user}@${account.domain}`,
      password: account.sip_password,
      register: true,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 10,
      user_agent: "Tongdai",
    });
    ua.on("connecting", () => events.onRegistration("connecting", null));
    ua.on("disconnected", () => events.onRegistration("connecting", "connection"));
    ua.on("registered", () => events.onRegistration("registered", null));
    ua.on("registrationFailed", ({ cause }) => events.onRegistration("failed", cause ?? null));
    ua.on("unregistered", () => !this.stopped && events.onRegistration("connecting", null));
    ua.on("newRTCSession", (event: IncomingRTCSessionEvent) => {
      if ((event.originator as string) === "remote") this.incoming(event);
    });
    this.ua = ua;
    ua.start();
  }

  stop(): void {
    this.stopped = true;
    this.ua?.stop();
    this.ua = null;
  }

  private incoming({ session, request }: IncomingRTCSessionEvent): void {
    const header = (name: string): string | null => (request.getHeader(name) as string | undefined) ?? null;
    const leg: Leg = {
      session,
      assignmentId: header("X-Tongdai-Assignment"),
      callId: header("X-Tongdai-Call"),
      auto: header("X-Tongdai-Auto") === "1",
      caller: { name: session.remote_identity.display_name ?? "", number: session.remote_identity.uri.user ?? "" },
    };
    session.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", ({ track, streams }) => this.play(streams[0] ?? new MediaStream([track])));
    });
    let patience: ReturnType<typeof setTimeout> | null = null;
    session.on("icecandidate", ({ ready }) => {
      patience ??= setTimeout(ready, ICE_PATIENCE_MS);
    });
    session.on("confirmed", () => this.events.onLive(leg));
    session.on("ended", ({ cause }) => this.events.onGone(leg, cause));
    session.on("failed", ({ cause }) => this.events.onGone(leg, cause));
    this.events.onInvite(leg);
  }

  /** Rejects with the browser's DOMException when there is no microphone to answer with. */
  async answer(leg: Leg): Promise<void> {
    const stream = await openMicrophone();
    if (leg.session.isEnded()) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    const release = () => stream.getTracks().forEach((track) => track.stop());
    leg.session.on("ended", release);
    leg.session.on("failed", release);
    leg.session.answer({ mediaStream: stream, pcConfig: { iceServers: this.account.ice_servers.map(({ urls, username, credential }) => ({ urls, username: username ?? undefined, credential: credential ?? undefined })) } });
  }

  private play(stream: MediaStream): void {
    const audio = remoteAudio();
    audio.srcObject = stream;
    // A speaker that was unplugged: the default one speaks.
    audio.setSinkId?.(chosenDevice("speaker")).catch(() => audio.setSinkId(""));
    void audio.play().catch(() => undefined);
  }
}
