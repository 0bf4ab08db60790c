import type { FromPage, ToPage } from "../bridge.ts";
import type { Api } from "./api.ts";
import type { Host } from "./host.ts";
import { ShareLine } from "./shareline.ts";
import type { Store } from "./store.ts";
import type { Share } from "./types.ts";
import type { Words } from "./words/en.ts";
import { fill } from "./words/index.ts";

/** Why a page that its customer would have shown is not; each has words of its own. */
export type ShareProblem = "shareBlocked" | "shareTooLarge" | "shareNoLine" | "shareFailed" | "shareGone";

const FARTHEST = 100_000;

/** Shows the page beside this window to the agent, once its customer has agreed in this tab; also the site's next pages. */
export class Sharing {
  /** The session in which this tab is shown. */
  mine: string | null = null;
  problem: ShareProblem | null = null;
  private line: ShareLine | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly host: Host,
    private readonly words: Words,
    private readonly token: () => string,
  ) {
    host.onShared = (message) => this.heard(message);
    store.subscribe(() => this.look());
    void host.greeted.then(() => {
      this.mine = host.share;
      this.look();
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async agree({ id }: Share): Promise<void> {
    this.problem = null;
    const answer = await this.api.answer(id, "agree");
    if (answer.ok) {
      this.mine = id;
      this.begin();
    } else this.problem = answer.code === "share_over" ? "shareGone" : "shareFailed";
    this.told();
  }

  async decline({ id }: Share, answer: "decline" | "unable"): Promise<void> {
    this.problem = (await this.api.answer(id, answer)).ok ? null : "shareFailed";
    this.told();
  }

  /** In whichever tab it is. Here it stops at once, whatever the network says. */
  async stop(id: string): Promise<void> {
    if (id === this.mine) this.finish();
    this.problem = (await this.api.endShare(id)).ok ? null : "shareFailed";
    this.told();
  }

  forget(): void {
    this.problem = null;
    this.told();
  }

  private look(): void {
    const { opened, state } = this.store.known;
    if (!opened || this.mine === null) return;
    const share = state.shares.find(({ id }) => id === this.mine);
    if (!share) this.finish();
    else if (share.state === "on" && !this.line) this.begin();
  }

  private begin(): void {
    const id = this.mine;
    if (this.line || id === null) return;
    const who = this.store.known.state.agent || this.words.somebody;
    this.say(id, { do: "begin", who, words: { bar: fill(this.words.shareBar, { name: who }), stop: this.words.shareStop } });
    this.line = new ShareLine({
      socket: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.api.base}/shares/${id}/socket`),
      first: () => JSON.stringify({ token: this.token() }),
      onSaid: (text) => this.pointed(id, text),
      onWanted: () => this.say(id, { do: "again" }),
      onEnd: (why) => {
        this.finish();
        if (why === "lost") void this.give("shareNoLine", id);
      },
    });
  }

  private finish(): void {
    this.line?.stop();
    this.line = null;
    this.mine = null;
    this.say(null, { do: "end" });
    this.told();
  }

  private heard(message: FromPage): void {
    const { mine: id } = this;
    if (id === null) return;
    if (message.is === "events") this.line?.send(message.text);
    else if (message.is === "stop") void this.stop(id);
    else {
      this.finish();
      void this.give(message.is === "tooLarge" ? "shareTooLarge" : "shareBlocked", id);
    }
  }

  /** It cannot be shown: both sides hear why. */
  private async give(problem: ShareProblem, id: string): Promise<void> {
    this.problem = problem;
    this.told();
    await this.api.answer(id, "unable");
  }

  /** What an agent's browser says is a place on the page, or nothing. */
  private pointed(id: string, text: string): void {
    let said: { op?: unknown; x?: unknown; y?: unknown };
    try {
      said = (JSON.parse(text) ?? {}) as typeof said;
    } catch {
      return;
    }
    const { op, x, y } = said;
    if (op === "again") this.say(id, { do: "again" });
    else if ((op === "point" || op === "mark") && isPlace(x) && isPlace(y)) this.say(id, { do: op, x, y });
  }

  private say(id: string | null, message: ToPage): void {
    this.host.say({ type: "share", id, message });
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}

const isPlace = (value: unknown): value is number => typeof value === "number" && Math.abs(value) < FARTHEST;
