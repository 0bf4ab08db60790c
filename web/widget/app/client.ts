import { Api } from "./api.ts";
import { Backoff, Pause } from "./backoff.ts";
import { Host } from "./host.ts";
import { Identity } from "./identity.ts";
import { Line } from "./line.ts";
import { Own } from "./own.ts";
import { Outbox, type Pending } from "./outbox.ts";
import { Sender } from "./sender.ts";
import type { Kept } from "./storage.ts";
import { fromOthers, Store, type Known } from "./store.ts";
import { Tabs } from "./tabs.ts";
import type { About, Language, Message, Page } from "./types.ts";
import { Uploads } from "./uploads.ts";

/** `wanted`: a window is open somewhere; `send`: something is in the outbox; `told`: who writes has said who they are; `another`: the
 * browser is another visitor's now, or nobody's. */
type Word = "wanted" | "send" | "told" | "another";

const TYPING_EVERY_MS = 3000;

/** The visitor's side of a chat: what is known of it, and what can be done in it. */
export class Client {
  readonly store: Store;
  readonly own: Own;
  readonly uploads: Uploads;
  readonly api: Api;
  readonly identity: Identity;
  private readonly outbox: Outbox;
  private readonly tabs: Tabs<Known, Word>;
  private readonly line: Line;
  private readonly sender: Sender;
  private readonly backoff = new Backoff();
  private readonly pause = new Pause();
  private opening: Promise<void> | null = null;
  private wanted = false;
  /** Since it leads, this tab has asked for itself how the chat stands. */
  private ready = false;
  private telling = false;
  private typedAt = 0;

  constructor(page: Page, kept: Kept, private readonly language: Language, host = new Host(page.origins)) {
    this.store = new Store(page.config);
    this.own = new Own(page.key, kept);
    this.outbox = new Outbox(kept);
    this.api = new Api(page.key, () => this.own.token);
    this.uploads = new Uploads((one, abort, onShare) => this.api.upload(one.client_id, one.file, abort, onShare));
    const onUnknown = (): Promise<void> => this.open();
    this.identity = new Identity(host, this.api, this.own, this.store, this.outbox, { onUnknown, onKnown: (another) => this.tabs.ask(another ? "another" : "send") });
    this.line = new Line({
      socket: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.api.base}/socket`),
      first: () => JSON.stringify({ token: this.own.token ?? "", since: this.store.since }),
      poll: (abort) => this.api.events(this.store.since, abort),
      onFrame: (frame) => {
        this.store.hear(frame);
        this.settle(frame.messages);
      },
      onLink: (link) => link !== this.store.known.link && this.store.change({ link }),
      onUnknown,
    });
    this.sender = new Sender(this.outbox, {
      write: (one) => this.api.write(one, this.own.about ?? {}),
      onTaken: (one, message) => this.taken(one, message),
      onAsked: () => this.store.change({ asking: true }),
      onProof: (code) => this.identity.prove(code === "identity_expired"),
      onRefused: (one) => this.put({ ...one, refused: true }),
      onUnknown,
      onLost: () => this.store.known.link !== "live" && this.store.change({ link: "lost" }),
    });
    const link = { onLead: () => queueMicrotask(() => this.update()), onRelieved: () => this.stop(), onState: (known: Known) => this.store.take(known), onWord: (word: Word) => this.heard(word) };
    this.tabs = new Tabs<Known, Word>(`tongdai:${page.key}`, link, () => this.store.known);
    this.store.subscribe(() => this.tellSoon());
    kept.watch(() => {
      this.store.change({});
      this.sender.look(); // a word from another tab may be faster than what that tab stored
    });
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.tabs.leading && this.store.change({ link: "lost" }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
  }

  /** Messages of one's own that the server has not, in their order. */
  get pending(): Pending[] {
    const has = new Set(this.store.known.messages.map((one) => one.client_id));
    return this.outbox.list().filter((one) => !has.has(one.client_id));
  }

  /** The window is open: from now on there is a chat to be had. */
  want(): void {
    this.wanted = true;
    this.tabs.ask("wanted");
  }

  write(said: Parameters<Outbox["add"]>[0]): void {
    this.outbox.add(this.store.talking ? said : { ...said, ...this.own.along });
    this.store.change({});
    this.tabs.ask("send");
  }

  /** What could not be sent, once more. */
  retry(one: Pending): void {
    this.put({ ...one, refused: false });
    this.tabs.ask("send");
  }

  private put(one: Pending): void {
    this.outbox.put(one);
    this.store.change({});
  }

  drop(one: Pending): void {
    this.outbox.remove(one.client_id);
    this.store.change({});
  }

  /** Ask how it stands: whether somebody is there may have changed. */
  refresh(): Promise<void> {
    return this.open();
  }

  /** Who writes says who they are. */
  introduce(about: About): void {
    this.own.about = about;
    this.store.change({ asking: false });
    this.tabs.ask("told");
  }

  /** Messages of others that nobody has had before their eyes yet. */
  get unread(): number {
    return this.store.known.messages.filter((one) => one.seq > this.own.seen && fromOthers(one)).length;
  }

  /** All of it is before the visitor's eyes. */
  see(): void {
    const last = this.store.known.messages.at(-1)?.seq ?? 0;
    if (last <= this.own.seen) return;
    const news = this.unread > 0;
    this.own.seen = last;
    this.store.change({});
    if (news) void this.api.seen(last);
  }

  typing(): void {
    if (this.store.known.state.phase !== "agent" || Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = Date.now();
    void this.api.typing();
  }

  /** Whether the server heard it. */
  async end(): Promise<boolean> {
    return (await this.api.end()).ok;
  }

  private heard(word: Word): void {
    if (word === "another") this.stop(); // and begin anew below
    if (word === "wanted") this.wanted = true;
    if (word === "told") this.store.change({ asking: false });
    if (word === "send") this.identity.settle();
    this.update();
    if (word === "send" || word === "told") this.sender.wake();
  }

  private stop(): void {
    this.ready = false;
    this.line.stop();
    this.sender.stop();
  }

  private wake(): void {
    this.pause.cut();
    if (this.tabs.leading) {
      this.line.wake();
      this.sender.wake();
    } else this.tabs.ask("send"); // and hear whether the leader is alive
  }

  /** Have running what is needed now. */
  private update(): void {
    const { gone } = this.store.known;
    if (!this.tabs.leading || gone) return;
    if (!this.wanted && this.own.token === null) return;
    if (!this.ready) return void this.open();
    this.sender.start();
    if (this.wanted || this.store.talking) this.line.start();
  }

  /** A token that the server does not know (any more) it replaces by another. */
  private open(): Promise<void> {
    this.opening ??= this.openAtLast().finally(() => (this.opening = null));
    return this.opening;
  }

  private async openAtLast(): Promise<void> {
    while (this.tabs.leading) {
      const answer = await this.api.open(this.language);
      if (answer.ok) {
        this.backoff.reset();
        const another = this.own.token !== answer.value.token;
        this.own.token = answer.value.token;
        if ((answer.value.messages.at(-1)?.seq ?? 0) < this.own.seen) this.own.seen = 0;
        this.store.open(answer.value, another);
        this.own.proven = answer.value.identity;
        await this.identity.welcome();
        this.ready = true;
        this.settle(answer.value.messages);
        if (another) this.line.again();
        this.update();
        return;
      }
      if (answer.code === "widget_unknown") {
        this.store.change({ gone: true });
        this.stop();
        return;
      }
      if (this.store.known.link !== "lost") this.store.change({ link: "lost" });
      await this.pause.wait(answer.wait ?? this.backoff.next());
    }
  }

  private async taken(one: Pending, message: Message): Promise<void> {
    const begun = ["none", "ended"].includes(this.store.known.state.phase);
    const placed = this.store.acknowledge(message);
    this.outbox.remove(one.client_id);
    this.own.taken(one.greeting);
    if (!placed) {
      this.own.seen = 0;
      await this.open();
      this.line.again();
    } else {
      this.store.change({});
      if (begun) this.line.look();
    }
  }

  /** What the server has need not be sent any more. */
  private settle(messages: Message[]): void {
    for (const { client_id, data } of messages)
      if (client_id) this.outbox.remove(client_id);
      else if (data.event === "greeted") this.own.greetingStands();
  }

  private tellSoon(): void {
    if (this.telling) return;
    this.telling = true;
    queueMicrotask(() => {
      this.telling = false;
      this.tabs.tell();
    });
  }
}
