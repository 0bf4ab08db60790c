import type { Greeting, Rule } from "../bridge.ts";
import type { Client } from "./client.ts";
import type { Host } from "./host.ts";
import type { Config, Language } from "./types.ts";
import type { Words } from "./words/en.ts";
import { written } from "./words/index.ts";

const SOON_S = 3;
const LATER_S = 60;

/** Greetings that come up by themselves: the site's page watches for the moment (`greet/`), the window says whether they may. */
export class Greetings {
  constructor(
    private readonly client: Client,
    private readonly host: Host,
    private readonly words: Words,
    private readonly language: Language,
  ) {
    host.onGreeted = (greeting) => this.taken(greeting);
    host.onMay = (there) => void this.answer(there);
  }

  watch(triggers: Config["triggers"]): void {
    const rules = triggers.map((one): Rule => ({ ...one, text: written(one.text, this.language) }));
    if (rules.length > 0) this.host.say({ type: "greet", message: { do: "watch", rules, dismiss: this.words.dismiss } });
  }

  /** It is what the visitor reads next. */
  private taken({ id, text }: Greeting): void {
    const { own, store } = this.client;
    if (store.talking) return;
    own.greeted = { id, text, after: store.known.messages.at(-1)?.seq ?? 0, at: new Date().toISOString(), answered: false };
    store.change({});
  }

  private async answer(there: boolean): Promise<void> {
    const { client, host } = this;
    const { known } = client.store;
    const message = (yes: boolean, wait: number): void => host.say({ type: "greet", message: { do: "may", yes, wait } });
    // Who was here before may be in the middle of a chat.
    if (client.own.token !== null && !known.opened && !known.gone) return message(false, SOON_S);
    const provable = known.config.identity !== "enforced" || host.provable;
    if (known.gone || !provable || client.store.talking || client.unread > 0 || client.pending.length > 0) return message(false, LATER_S);
    if (!there) return message(true, 0);
    const answer = await client.api.there();
    message(answer.ok && answer.value.away === null && !client.store.talking, LATER_S);
  }
}
