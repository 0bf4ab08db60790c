import type { Fact } from "../bridge.ts";
import { Kept } from "./storage.ts";
import type { About, Greeted, Left, Proven, Wanted } from "./types.ts";

/** What this browser keeps of its visitor: who it is to the server, what it has seen, what is being written. */
export class Own {
  private readonly tab: Kept;

  constructor(
    key: string,
    private readonly kept: Kept,
  ) {
    this.tab = new Kept(key, () => window.sessionStorage);
  }

  get token(): string | null {
    return this.kept.get("token");
  }

  set token(token: string | null) {
    this.kept.set("token", token);
  }

  /** The last message that was before the visitor's eyes. */
  get seen(): number {
    return Number(this.kept.get("seen") ?? 0);
  }

  set seen(seq: number) {
    this.kept.set("seen", seq ? String(seq) : null);
  }

  /** What the visitor said of themselves, until the server has it. */
  get about(): About | null {
    return JSON.parse(this.kept.get("about") ?? "null") as About | null;
  }

  set about(about: About | null) {
    this.kept.set("about", about && JSON.stringify(about));
  }

  /** Who the site's server has said that the visitor is. */
  get proven(): Proven | null {
    return JSON.parse(this.kept.get("proven") ?? "null") as Proven | null;
  }

  set proven(proven: Proven | null) {
    this.kept.set("proven", proven?.subject ? JSON.stringify(proven) : null);
  }

  /** What is being written while nobody is there. */
  get left(): Left | null {
    return JSON.parse(this.tab.get("left") ?? "null") as Left | null;
  }

  set left(left: Left | null) {
    this.tab.set("left", left && JSON.stringify(left));
  }

  /** The greeting that was taken up in this tab, until it stands in the thread. */
  get greeted(): Greeted | null {
    return JSON.parse(this.tab.get("greeted") ?? "null") as Greeted | null;
  }

  set greeted(greeted: Greeted | null) {
    this.tab.set("greeted", greeted && JSON.stringify(greeted));
  }

  /** What the site's pages have told of the visit in this tab. */
  get visit(): Record<string, Fact> {
    return JSON.parse(this.tab.get("visit") ?? "{}") as Record<string, Fact>;
  }

  set visit(told: Record<string, Fact>) {
    this.tab.set("visit", Object.keys(told).length > 0 ? JSON.stringify(told) : null);
  }

  /** What goes with the message that begins a chat: which greeting it answers, and what the page has told. */
  get along(): { greeting?: string; attributes: Record<string, Fact> } {
    const { greeted, visit } = this;
    return { attributes: visit, ...(greeted && !greeted.answered ? { greeting: greeted.id } : {}) };
  }

  /** The server has a message of the visitor's, and with it what they said of themselves and which greeting they had read. */
  taken(greeting: string | undefined): void {
    const { greeted } = this;
    this.about = null;
    if (greeted && greeting === greeted.id) this.greeted = { ...greeted, answered: true };
  }

  greetingStands(): void {
    if (this.greeted?.answered) this.greeted = null;
  }

  /** The customer has signed out: nothing of theirs stays in this browser. */
  forget(): void {
    for (const name of this.kept.names("")) this.kept.set(name, null);
    for (const name of this.tab.names("")) this.tab.set(name, null);
  }

  /** The call in which this tab takes part; it outlives a change of the site's page. */
  get call(): { id: string; wanted: Wanted } | null {
    return JSON.parse(this.tab.get("call") ?? "null") as { id: string; wanted: Wanted } | null;
  }

  set call(call: { id: string; wanted: Wanted } | null) {
    this.tab.set("call", call && JSON.stringify(call));
  }

  /** It outlives a change of the site's page. */
  get draft(): string {
    return this.tab.get("draft") ?? "";
  }

  set draft(text: string) {
    this.tab.set("draft", text || null);
  }
}
