import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Call } from "../../src/shared/rtc/call.ts";
import { LocalMedia } from "../../src/shared/rtc/local.ts";
import type { Api } from "./api.ts";
import { ShareLine } from "./shareline.ts";
import type { Wanted } from "./types.ts";
import { useChat, useKnown } from "./views/context.ts";
import { WarningIcon } from "./views/icons.tsx";
import { fill } from "./words/index.ts";

/** The customer's end of a call with the agent, and how it looks; fetched when there is one. */
export class Calling {
  readonly call: Call;
  readonly View = CallView;
  private readonly line: ShareLine;

  constructor(api: Api, id: string, token: () => string, servers: RTCIceServer[], wanted: Wanted, onEnd: (why: "over" | "elsewhere" | "lost") => void) {
    this.call = new Call(false, servers, (signal) => this.line.say(signal));
    this.line = new ShareLine({
      socket: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}${api.base}/shares/${id}/socket`),
      first: () => JSON.stringify({ token: token() }),
      onSaid: (text) => this.call.hear(text),
      onWanted: () => this.call.greet(),
      onEnd,
    });
    void this.call.begin(wanted);
  }

  stop(): void {
    this.line.stop();
    this.call.close();
  }
}

function CallView({ call, end }: { call: Call; end: () => void }) {
  const { words } = useChat();
  const known = useKnown();
  const [, again] = useState(0);
  useEffect(() => call.subscribe(() => again((count) => count + 1)), [call]);
  const picture = useRef<HTMLVideoElement>(null);
  const mirror = useRef<HTMLVideoElement>(null);
  const [silent, setSilent] = useState(false);
  const { state, remote, theirs, mine, own, problem } = call.state;
  const name = known.state.agent || words.somebody;
  const play = (): void => void picture.current?.play().then(() => setSilent(false), (error: unknown) => setSilent(error instanceof DOMException && error.name === "NotAllowedError"));
  useLayoutEffect(() => {
    if (!picture.current || !remote) return;
    picture.current.srcObject = remote;
    play();
  }, [remote]);
  useLayoutEffect(() => {
    if (mirror.current) mirror.current.srcObject = own ? new MediaStream([own]) : null;
  }, [own]);
  const said = state === "waiting" ? words.talkWaiting : state === "lost" ? words.talkLost : !theirs.video ? fill(theirs.audio ? words.talkSound : words.talkListens, { name }) : null;
  return (
    <section class="call" aria-label={fill(words.talkOn, { name })}>
      <div class="stage">
        <video ref={picture} class={theirs.video ? "face" : "face none"} autoplay playsInline aria-label={name} />
        {own && <video ref={mirror} class={mine.video === "camera" ? "own mirrored" : "own"} autoplay playsInline muted aria-label={words.you} />}
        <p role="status">{said && <span>{said}</span>}</p>
      </div>
      {problem && <p class="bad" role="alert"><WarningIcon /> {words[problem === "refused" ? "talkRefused" : problem === "busy" ? "talkBusy" : "talkMissing"]}</p>}
      <div class="deeds">
        {silent && <button type="button" class="start" onClick={play}>{words.talkHear}</button>}
        <button type="button" class="choice" aria-pressed={mine.audio} onClick={() => void call.toggleSound()}>{mine.audio ? words.talkMute : words.talkSpeak}</button>
        <button type="button" class="choice" aria-pressed={call.filming} onClick={() => void call.toggleCamera()}>{call.filming ? words.talkCameraOff : words.talkCameraOn}</button>
        {LocalMedia.canShareScreen && <button type="button" class="choice" aria-pressed={mine.video === "screen"} onClick={() => void call.toggleScreen()}>{mine.video === "screen" ? words.talkScreenOff : words.talkScreenOn}</button>}
        <button type="button" class="choice hang" onClick={end}>{words.talkEnd}</button>
      </div>
    </section>
  );
}
