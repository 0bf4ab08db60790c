import type { FromPage, Given, Greeting, Said, ToFrame, ToHost } from "../bridge.ts";

export interface Shown {
  open: boolean;
  narrow: boolean;
  /** It was opened by somebody who wants to write. */
  focus: boolean;
}

const PROVE_MS = 10_000;

/** The site that the window stands on. A page of its own, without a site around it, is always open. */
export class Host {
  readonly embedded = window.parent !== window;
  shown: Shown = { open: !this.embedded, narrow: false, focus: false };
  page = this.embedded ? "" : location.origin + location.pathname;
  onShown: () => void = () => undefined;
  onAttention: () => void = () => undefined;
  /** The site can say who its visitor is, or they have signed out there. */
  onProvable: () => void = () => undefined;
  onLogout: () => void = () => undefined;
  provable = false;
  /** A greeting wants to come up; the visitor has taken one up. */
  onMay: (there: boolean) => void = () => undefined;
  /** The page tells something of the visit; what it has told before it is listened to waits. */
  onTold: ((said: Said) => void) | null = null;
  told: Said = [];
  onGreeted: (greeting: Greeting) => void = () => undefined;
  onShared: (message: FromPage) => void = () => undefined;
  /** The session in which this tab was shown on the page before. */
  share: string | null = null;
  /** Resolves with what the site keeps for us, once it has spoken. */
  readonly greeted: Promise<Record<string, string>>;
  private greet: (kept: Record<string, string>) => void = () => undefined;
  private proofs: ((given: Given | null) => void)[] = [];
  private attention = false;
  private origin: string | null = null;
  private waiting: ToHost[] = [];

  /** `origins`: the sites that are heard, beside our own. */
  constructor(origins: string[]) {
    this.greeted = new Promise((resolve) => (this.greet = resolve));
    const heard = new Set([location.origin, ...origins]);
    window.addEventListener("message", ({ source, origin, data }: MessageEvent<ToFrame>) => {
      if (!this.embedded || source !== window.parent || !heard.has(origin)) return;
      this.hear(data, origin);
    });
    window.addEventListener("focus", () => this.onAttention());
    document.addEventListener("visibilitychange", () => this.onAttention());
  }

  /** Whether the open window is before somebody's eyes. */
  get looked(): boolean {
    return this.shown.open && document.visibilityState === "visible" && (this.attention || document.hasFocus());
  }

  say(message: ToHost): void {
    if (!this.embedded) return;
    if (this.origin === null) this.waiting.push(message);
    else window.parent.postMessage(message, this.origin);
  }

  /** Who the site says its visitor is; null where it does not say, or not in time. */
  prove(again: boolean): Promise<Given | null> {
    if (!this.provable) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.proofs.push(resolve);
      setTimeout(() => resolve(null), PROVE_MS);
      this.say({ type: "prove", again });
    });
  }

  private hear(message: ToFrame, origin: string): void {
    if (message.type === "hello") {
      this.origin = origin;
      this.page = message.page;
      for (const one of this.waiting.splice(0)) this.say(one);
      this.share = message.share;
      this.provable = message.provable ?? false;
      this.greet(message.kept);
    } else if (message.type === "shown") {
      const { open, narrow, page, focus } = message;
      this.page = page;
      this.shown = { open, narrow, focus };
      this.onShown();
    } else if (message.type === "attention") {
      this.attention = message.there;
      this.onAttention();
    } else if (message.type === "provable") {
      this.provable = true;
      this.onProvable();
    } else if (message.type === "proof") {
      for (const resolve of this.proofs.splice(0)) resolve(message.given);
    } else if (message.type === "logout") {
      this.provable = false;
      this.onLogout();
    } else if (message.type === "page") this.page = message.page;
    else if (message.type === "attributes") {
      if (this.onTold) this.onTold(message.said);
      else this.told.push(...message.said);
    } else if (message.type === "may") this.onMay(message.there);
    else if (message.type === "greeted") this.onGreeted(message.greeting);
    else if (message.type === "shared") this.onShared(message.message);
  }
}
