/**
 * One tab of a visitor talks with the server; the others show what it tells them. When it closes, the next takes over; one that
 * gives no sign of life is relieved.
 */
export interface Link<State, Word> {
  onLead: () => void;
  /** Another tab has taken over. */
  onRelieved: () => void;
  onState: (state: State) => void;
  /** A word from another tab; for the leader only. */
  onWord: (word: Word) => void;
}

type Said<State, Word> = { state: State } | { word: Word } | { hello: true };

const SIGN_MS = 4000;

export class Tabs<State, Word> {
  leading = false;
  private readonly channel: BroadcastChannel | null;
  private patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly name: string,
    private readonly link: Link<State, Word>,
    private readonly state: () => State,
  ) {
    this.channel = channelOf(name);
    if (this.channel) this.channel.onmessage = ({ data }: MessageEvent<Said<State, Word>>) => this.hear(data);
    this.stand(false);
    this.say({ hello: true });
  }

  tell(): void {
    if (this.leading) this.channel?.postMessage({ state: this.state() });
  }

  /** To the leader, which may be this tab. */
  ask(word: Word): void {
    if (this.leading) this.link.onWord(word);
    else this.say({ word });
  }

  private say(said: Said<State, Word>): void {
    this.channel?.postMessage(said);
    if (!this.leading && !this.patience) this.patience = setTimeout(() => this.stand(true), SIGN_MS);
  }

  private quiet(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  private hear(said: Said<State, Word>): void {
    if ("state" in said) {
      this.quiet();
      if (!this.leading) this.link.onState(said.state);
    } else if (this.leading) {
      if ("word" in said) this.link.onWord(said.word);
      this.tell();
    }
  }

  private stand(steal: boolean): void {
    this.quiet();
    if (this.leading) return;
    if (!this.channel || !navigator.locks) {
      this.lead();
      return;
    }
    navigator.locks
      .request(this.name, { steal }, () => {
        this.lead();
        return new Promise<never>(() => undefined);
      })
      .catch((error: unknown) => {
        if (!this.leading) {
          // A browser that refuses storage refuses locks, too: each tab is on its own.
          if ((error as Error).name !== "AbortError") this.lead();
          return;
        }
        this.leading = false;
        this.link.onRelieved();
        this.stand(false);
      });
  }

  private lead(): void {
    this.quiet();
    if (this.leading) return;
    this.leading = true;
    this.link.onLead();
    this.tell();
  }
}

function channelOf(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null; // missing, or refused
  }
}
