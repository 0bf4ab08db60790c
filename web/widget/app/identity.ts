import type { Given } from "../bridge.ts";
import type { Api } from "./api.ts";
import type { Host } from "./host.ts";
import type { Outbox } from "./outbox.ts";
import type { Own } from "./own.ts";
import type { Store } from "./store.ts";
import type { Opened } from "./types.ts";

const EARLY_MS = 2 * 60_000;
const SOONEST_MS = 30_000;

export interface Ends {
  /** The server knows who it is; `another`: this browser is another visitor's now, or nobody's. */
  onKnown: (another: boolean) => void;
  onUnknown: () => Promise<void>;
}

/** Who the visitor is to the site: asked of the page, shown to the server, asked anew before it is good no more. */
export class Identity {
  private running: Promise<boolean> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly api: Api,
    private readonly own: Own,
    private readonly store: Store,
    private readonly outbox: Outbox,
    private readonly ends: Ends,
  ) {
    host.onProvable = () => void this.ensure();
    host.onLogout = () => this.leave();
  }

  /** Whether there is proof that is good now. */
  get proven(): boolean {
    return this.left > 0;
  }

  /** Have the server know who it is. `again`: what it knows is not good any more. Whether it knows now. */
  ensure(again = false): Promise<boolean> {
    if (this.store.known.config.identity === "off" || this.own.token === null) return Promise.resolve(false);
    this.running ??= this.show(again).finally(() => (this.running = null));
    return this.running;
  }

  /** Before anything is written. */
  async welcome(): Promise<void> {
    const { config } = this.store.known;
    if (config.identity === "off" || (await this.ensure()) || this.proven) return;
    if (config.identity === "enforced") this.store.change({ proof: this.own.proven ? "expired" : "needed" });
  }

  /** Ask the page once more; whoever reads is told where it does not say. */
  async prove(expired = this.store.known.proof === "expired"): Promise<boolean> {
    if (await this.ensure(true)) return true;
    this.store.change({ proof: expired ? "expired" : "needed" });
    return false;
  }

  /** Another tab may have shown proof. */
  settle(): void {
    if (this.store.known.proof && this.proven) this.store.change({ proof: null });
  }

  /** The customer has signed out on the site: what was proven is dropped, with what this browser kept of it. */
  private leave(): void {
    clearTimeout(this.timer);
    if (this.own.proven === null) return;
    void this.api.leave();
    this.own.forget();
    this.store.forget();
    this.ends.onKnown(true);
  }

  private async show(again: boolean): Promise<boolean> {
    // What the server takes no more is shown anew, whatever was promised of it.
    if (again && this.own.proven) this.own.proven = { ...this.own.proven, verified_until: null };
    const given = await this.host.prove(again);
    if (given === null) return this.proven && !again;
    if (!again && this.own.proven?.subject === subjectOf(given) && this.left > EARLY_MS) {
      this.later();
      return true;
    }
    const answer = await this.api.identify(given);
    if (answer.ok) {
      this.known(answer.value);
      return true;
    }
    if (answer.status === 401) {
      await this.ends.onUnknown();
      return false;
    }
    // Said to those who make the site: its visitors read what they can do.
    if (answer.detail) console.warn(`Tongdai: ${answer.detail}`);
    const stale = answer.code === "identity_expired" || answer.code === "identity_used";
    return stale && !again ? this.show(true) : false;
  }

  private known(opened: Opened): void {
    const another = this.own.token !== opened.token;
    this.own.token = opened.token;
    this.own.proven = opened.identity;
    if (another) {
      // What somebody else wrote here is not theirs.
      for (const one of this.outbox.list()) this.outbox.remove(one.client_id);
      this.own.seen = 0;
    }
    this.store.open(opened, another);
    this.store.change({ proof: null });
    this.later();
    this.ends.onKnown(another);
  }

  private get left(): number {
    const until = Date.parse(this.own.proven?.verified_until ?? "");
    return Number.isNaN(until) ? 0 : until - Date.now();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ensure(true), Math.max(SOONEST_MS, this.left - EARLY_MS));
  }
}

/** Whom a token is about, as far as it can be read here: only to see that it is still the same customer. */
export function subjectOf(given: Given): string | null {
  if (typeof given !== "string") return given.user_id;
  try {
    const part = (given.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
    return String((JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }).sub ?? "") || null;
  } catch {
    return null;
  }
}
