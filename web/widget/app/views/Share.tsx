import { useEffect, useState } from "preact/hooks";
import type { Share } from "../types.ts";
import { fill } from "../words/index.ts";
import { useChat, useKnown } from "./context.ts";
import { EyeIcon, WarningIcon } from "./icons.tsx";

/** The agent asks to see the page; then that it is seen, in each of the customer's windows. */
export function ShareCard() {
  const { sharing, words } = useChat();
  const { state } = useKnown();
  const [, again] = useState(0);
  useEffect(() => sharing.subscribe(() => again((count) => count + 1)), [sharing]);
  const share = state.shares.find((one) => one.kind === "cobrowse");
  const on = share && (share.state === "on" || share.id === sharing.mine) ? share : null;
  const asked = share && !on ? share : null;
  const name = state.agent || words.somebody;
  return (
    <>
      {sharing.problem && (
        <p class="share problem" role="alert">
          <WarningIcon /><span>{words[sharing.problem]}</span>
          <button type="button" class="link" onClick={() => sharing.forget()}>{words.shareUnderstood}</button>
        </p>
      )}
      {asked && <Consent key={asked.id} share={asked} name={name} />}
      {on && (
        <div class="share on" role="status">
          <EyeIcon /><span>{fill(on.id === sharing.mine ? words.shareOn : words.shareOther, { name })}</span>
          <button type="button" class="link strong" onClick={() => void sharing.stop(on.id)}>{words.shareStop}</button>
        </div>
      )}
    </>
  );
}

/** What would be seen, and what would not, before anything is. */
function Consent({ share, name }: { share: Share; name: string }) {
  const { sharing, host, words } = useChat();
  const { link } = useKnown();
  const [busy, setBusy] = useState(false);
  const answer = (given: Promise<void>): void => {
    setBusy(true);
    void given.finally(() => setBusy(false));
  };
  const hindered = !host.embedded ? words.shareAlone : link === "polling" ? words.shareNeedsLine : null;
  return (
    <section class="share asked" aria-labelledby="share-asked">
      <h2 id="share-asked"><EyeIcon /> <span role="alert">{fill(words.shareAsked, { name })}</span></h2>
      {hindered ? <p class="bad"><WarningIcon /> {hindered}</p> : (
        <ul>
          <li>{words.shareSees}</li>
          <li>{words.shareSeesNot}</li>
          <li>{words.shareEnds}</li>
        </ul>
      )}
      <div class="answers">
        {!hindered && <button type="button" class="start" disabled={busy} onClick={() => answer(sharing.agree(share))}>{words.shareAgree}</button>}
        <button type="button" class="choice" disabled={busy} onClick={() => answer(sharing.decline(share, hindered ? "unable" : "decline"))}>{words.shareDecline}</button>
      </div>
    </section>
  );
}
