import type { Api } from "./api.ts";
import type { Calling } from "./calling.tsx";
import type { Own } from "./own.ts";
import type { Store } from "./store.ts";
import type { Share, Wanted } from "./types.ts";

export type TalkProblem = "talkNoLine" | "shareFailed" | "shareGone";

/** A call with the agent in this window, once its customer has agreed in this tab; the site's next page goes on with it. */
export class Talking {
  calling: Calling | null = null;
  problem: TalkProblem | null = null;
  private beginning = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly own: Own,
  ) {
    store.subscribe(() => this.look());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get mine(): string | null {
    return this.own.call?.id ?? null;
  }

  async agree({ id }: Share, wanted: Wanted): Promise<void> {
    this.problem = null;
    const answer = await this.api.answer(id, "agree");
    if (answer.ok) await this.join(id, wanted);
    else this.problem = answer.code === "share_over" ? "shareGone" : "shareFailed";
    this.told();
  }

  async decline({ id }: Share, answer: "decline" | "unable"): Promise<void> {
    this.problem = (await this.api.answer(id, answer)).ok ? null : "shareFailed";
    this.told();
  }

  /** In this tab from now on. */
  async join(id: string, wanted: Wanted): Promise<void> {
    this.own.call = { id, wanted };
    await this.begin();
  }

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
    const { mine } = this;
    if (!opened || mine === null) return;
    const share = state.shares.find(({ id }) => id === mine);
    if (!share) this.finish();
    else if (share.state === "on") void this.begin();
  }

  private async begin(): Promise<void> {
    if (this.calling || this.beginning) return;
    this.beginning = true;
    try {
      const [{ Calling }, servers] = await Promise.all([import("./calling.tsx"), this.api.ice(this.mine ?? "")]);
      const call = this.own.call;
      if (!call) return; // it was over meanwhile
      this.calling = new Calling(this.api, call.id, () => this.own.token ?? "", servers.ok ? servers.value : [], call.wanted, (why) => {
        this.finish();
        if (why !== "lost") return;
        this.problem = "talkNoLine";
        void this.api.answer(call.id, "unable");
        this.told();
      });
    } catch {
      this.problem = "shareFailed"; // what it needs could not be fetched
    } finally {
      this.beginning = false;
    }
    this.told();
  }

  private finish(): void {
    this.calling?.stop();
    this.calling = null;
    this.own.call = null;
    this.told();
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}
