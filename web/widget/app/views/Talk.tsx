import { useEffect, useState } from "preact/hooks";
import type { Share, Wanted } from "../types.ts";
import { fill } from "../words/index.ts";
import { useChat, useKnown } from "./context.ts";
import { VideoIcon, WarningIcon } from "./icons.tsx";

/** The agent asks for a call; then the call itself, in the tab in which it was agreed to. */
export function TalkCard() {
  const { talking, words } = useChat();
  const { state } = useKnown();
  const [, again] = useState(0);
  useEffect(() => talking.subscribe(() => again((count) => count + 1)), [talking]);
  const share = state.shares.find((one) => one.kind === "video");
  const name = state.agent || words.somebody;
  const { calling } = talking;
  return (
    <>
      {talking.problem && (
        <p class="share problem" role="alert">
          <WarningIcon /><span>{words[talking.problem]}</span>
          <button type="button" class="link" onClick={() => talking.forget()}>{words.shareUnderstood}</button>
        </p>
      )}
      {calling && talking.mine ? <calling.View call={calling.call} end={() => void talking.stop(talking.mine ?? "")} />
        : share?.state === "asked" ? <Asked key={share.id} share={share} name={name} />
          : share && (
            <div class="share on" role="status">
              <VideoIcon /><span>{fill(words.talkOther, { name })}</span>
              <button type="button" class="link" onClick={() => void talking.join(share.id, "microphone")}>{words.talkHere}</button>
              <button type="button" class="link strong" onClick={() => void talking.stop(share.id)}>{words.talkEnd}</button>
            </div>
          )}
    </>
  );
}

function Asked({ share, name }: { share: Share; name: string }) {
  const { talking, words } = useChat();
  const { link } = useKnown();
  const [busy, setBusy] = useState(false);
  const hindered = link === "polling" ? words.talkNeedsLine : typeof RTCPeerConnection === "undefined" ? words.talkOld : null;
  const answer = (given: Promise<void>): void => {
    setBusy(true);
    void given.finally(() => setBusy(false));
  };
  const agree = (wanted: Wanted, label: string, kind: string) => <button type="button" class={kind} disabled={busy} onClick={() => answer(talking.agree(share, wanted))}>{label}</button>;
  return (
    <section class="share asked" aria-labelledby="talk-asked">
      <h2 id="talk-asked"><VideoIcon /> <span role="alert">{fill(words.talkAsked, { name })}</span></h2>
      {hindered ? <p class="bad"><WarningIcon /> {hindered}</p> : <p>{words.talkChoose}</p>}
      <div class="answers">
        {!hindered && agree("camera", words.talkWithCamera, "start")}
        {!hindered && agree("microphone", words.talkWithSound, "choice")}
        {!hindered && agree("nothing", words.talkListen, "choice")}
        <button type="button" class="choice" disabled={busy} onClick={() => answer(talking.decline(share, hindered ? "unable" : "decline"))}>{words.shareDecline}</button>
      </div>
    </section>
  );
}
