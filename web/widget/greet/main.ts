import type { Rule, ToGreeter } from "../bridge.ts";
import type { Place } from "../loader/main.ts";
import { recall, remember } from "../loader/memory.ts";
import { Bubble } from "./bubble.ts";
import { arrived, choose, onPage, read, shown, type Memory } from "./decide.ts";

const TICK_MS = 1000;
const KEEP_EVERY_S = 60;
const store = (): Storage => window.localStorage;

/** Watches the site's page for the moment of a greeting, as long as the page is there. */
class Watch {
  private readonly bubble: Bubble;
  private readonly key: string;
  private address = location.href;
  private seconds = 0;
  private scroll = 0;
  private resting = 0;
  /** What wants to come up, until the window has said whether it may; what has come up. */
  private asked: Rule | null = null;
  private up: Rule | null = null;

  constructor(
    private readonly rules: Rule[],
    private readonly dismiss: string,
    private readonly place: Place,
  ) {
    this.bubble = new Bubble(place.inside, place.button);
    this.key = `${place.memory.replace(":", "-greet:")}`;
    this.keep(arrived(this.memory, Date.now()));
    place.on("open", () => this.opened());
    setInterval(() => this.tick(), TICK_MS);
    addEventListener("scroll", () => this.scrolled(), { passive: true });
    document.documentElement.addEventListener("mouseleave", (event) => event.clientY <= 0 && this.look(true));
    this.look();
  }

  may(yes: boolean, wait: number): void {
    const rule = this.asked;
    this.asked = null;
    if (!yes) this.resting = wait;
    else if (rule && !this.place.isOpen() && onPage(rule, location.href)) this.show(rule);
  }

  private get memory(): Memory | null {
    return read(recall(store, this.key), this.rules);
  }

  private keep(memory: Memory): void {
    remember(store, this.key, JSON.stringify(memory));
  }

  private tick(): void {
    if (document.visibilityState !== "visible") return;
    if (location.href !== this.address) this.moved();
    this.seconds++;
    if (this.resting > 0) this.resting--;
    if (this.seconds % KEEP_EVERY_S === 0) this.keep(arrived(this.memory, Date.now()));
    this.look();
  }

  /** Many sites change their page without loading another. */
  private moved(): void {
    this.address = location.href;
    this.seconds = this.scroll = 0;
    this.keep(arrived(this.memory, Date.now()));
    if (this.up && !onPage(this.up, this.address)) this.hide();
  }

  private scrolled(): void {
    const { scrollHeight } = document.documentElement;
    this.scroll = Math.max(this.scroll, ((scrollY + innerHeight) / scrollHeight) * 100);
  }

  private look(left = false): void {
    if (this.place.isOpen() || this.up || this.asked || this.resting > 0) return;
    // Where nothing can be remembered, nothing comes up: it would at every page.
    const { memory, address, seconds, scroll } = this;
    if (memory === null) return;
    const rule = choose(this.rules, { address, seconds, scroll, left, now: Date.now() }, memory);
    if (!rule) return;
    this.asked = rule;
    this.place.tell({ type: "may", there: rule.there });
  }

  private show(rule: Rule): void {
    const { memory } = this;
    const look = this.place.look();
    // In another tab it may have come up meanwhile.
    const facts = { address: location.href, seconds: this.seconds, scroll: this.scroll, left: true, now: Date.now() };
    if (!memory || !look || choose([rule], facts, memory) !== rule) return;
    this.keep(shown(memory, rule, facts.now));
    this.up = rule;
    const take = (): void => {
      this.place.tell({ type: "greeted", greeting: { id: rule.id, text: rule.text } });
      this.place.open();
    };
    this.bubble.show(rule.text, this.dismiss, look, take, () => this.shut(rule));
  }

  private shut(rule: Rule): void {
    if (this.memory) this.keep(shown(this.memory, rule, Date.now(), true));
    this.hide();
  }

  private hide(): void {
    this.up = null;
    this.bubble.hide();
  }

  /** Whoever has opened the chat knows where it is: nothing more comes up in this visit. */
  private opened(): void {
    if (this.memory) this.keep({ ...this.memory, quiet: this.memory.visits });
    this.hide();
  }
}

let watch: Watch | null = null;

export function hear(message: ToGreeter, place: Place): void {
  if (message.do === "may") watch?.may(message.yes, message.wait);
  else watch ??= new Watch(message.rules, message.dismiss, place);
}
