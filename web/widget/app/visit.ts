import type { Fact, Said } from "../bridge.ts";
import { Backoff } from "./backoff.ts";
import type { Client } from "./client.ts";
import type { Host } from "./host.ts";

export const MOST = 30;
const MOST_TEXT = 500;
const TOGETHER_MS = 1000;

/** What is wrong with it, to those who make the site; null: nothing. The server holds to the same (channels/webchat/told.py). */
export function wrong(name: string, value: unknown): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name)) return "name it by letters, digits and _, at most 40, a letter first";
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) && Math.abs(value) <= 2 ** 53 ? null : "this is no number that can be told";
  if (typeof value !== "string") return "give a text, a number, true or false (null takes it back); nothing nested";
  return value.length <= MOST_TEXT ? null : `at most ${MOST_TEXT} characters fit`;
}

/** What was told, the last at its end; `over`: the names for which there was no room. */
export function merged(before: Record<string, Fact>, said: Record<string, Fact | null>): { told: Record<string, Fact>; over: string[] } {
  const all = Object.entries({ ...before, ...said }).filter((one): one is [string, Fact] => one[1] !== null);
  return { told: Object.fromEntries(all.slice(0, MOST)), over: all.slice(MOST).map(([name]) => name) };
}

/** What the site's page tells of the visit: kept for the chat that may begin, and handed on while one goes on. */
export class Visit {
  private news: Record<string, Fact | null> = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private readonly backoff = new Backoff();

  constructor(
    private readonly client: Client,
    private readonly host: Host,
  ) {}

  listen(): void {
    const { client, host } = this;
    host.onTold = (said) => this.told(said);
    this.told(host.told.splice(0));
    let talking = client.store.talking;
    client.store.subscribe(() => {
      if (talking !== client.store.talking && (talking = client.store.talking)) this.soon();
    });
  }

  private told(said: Said): void {
    const good: Record<string, Fact | null> = {};
    for (const [name, value] of said) {
      const mistake = wrong(name, value);
      if (mistake) complain(name, mistake);
      else good[name] = value as Fact | null;
    }
    const { told, over } = merged(this.client.own.visit, good);
    for (const name of over) {
      complain(name, `at most ${MOST} can be told: take some back by null`);
      delete good[name];
    }
    this.client.own.visit = told;
    this.news = { ...this.news, ...good };
    if (this.client.store.talking) this.soon();
  }

  private soon(wait = TOGETHER_MS): void {
    clearTimeout(this.timer);
    if (!this.sending && Object.keys(this.news).length > 0) this.timer = setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    if (!this.client.store.talking) return;
    const all = Object.entries(this.news);
    const news = Object.fromEntries(all.slice(0, MOST));
    this.news = Object.fromEntries(all.slice(MOST));
    this.sending = true;
    const answer = await this.client.api.tell(news);
    this.sending = false;
    if (answer.ok) this.backoff.reset();
    // Newer than what did not get through is what was told meanwhile.
    else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) this.news = { ...news, ...this.news };
    this.soon(answer.ok ? TOGETHER_MS : this.backoff.next());
  }
}

function complain(name: string, mistake: string): void {
  console.error(`Tongdai.setAttributes: ${JSON.stringify(name.slice(0, 60))}: ${mistake}.`);
}
