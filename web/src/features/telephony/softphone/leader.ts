/**
 * One tab owns the phone. The tab that holds the lock registers and carries the sound; the others show its state and
 * send it their commands. When it closes, the next one takes over and the server rings it back into the call.
 */
export interface TabLink<State, Command> {
  onLead: () => void;
  onState: (state: State) => void;
  onCommand: (command: Command) => void;
}

type Message<State, Command> = { kind: "state"; state: State } | { kind: "command"; command: Command } | { kind: "hello" };

export class Tabs<State, Command> {
  private readonly channel: BroadcastChannel;
  private readonly abort = new AbortController();
  private release: (() => void) | null = null;
  private last: State | null = null;
  leading = false;

  constructor(name: string, private readonly link: TabLink<State, Command>) {
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }: MessageEvent<Message<State, Command>>) => this.hear(data);
    this.channel.postMessage({ kind: "hello" });
    navigator.locks
      .request(name, { signal: this.abort.signal }, () => {
        this.leading = true;
        link.onLead();
        return new Promise<void>((resolve) => (this.release = resolve));
      })
      .catch((error: unknown) => {
        if (!this.abort.signal.aborted) throw error;
      });
  }

  /** From the leader to the others. */
  tell(state: State): void {
    this.last = state;
    this.channel.postMessage({ kind: "state", state });
  }

  /** From anyone to the leader; the leader's own commands do not leave the tab. */
  ask(command: Command): void {
    if (this.leading) this.link.onCommand(command);
    else this.channel.postMessage({ kind: "command", command });
  }

  close(): void {
    this.abort.abort();
    this.release?.();
    this.leading = false;
    this.channel.close();
  }

  private hear(message: Message<State, Command>): void {
    if (message.kind === "state") {
      if (!this.leading) this.link.onState(message.state);
    } else if (this.leading) {
      if (message.kind === "command") this.link.onCommand(message.command);
      else if (this.last) this.tell(this.last);
    }
  }
}
