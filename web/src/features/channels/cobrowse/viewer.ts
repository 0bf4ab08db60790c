import { Replayer } from "@rrweb/replay";
import type { Id } from "@/shared/api/types";
import { Cleaner, FULL, META, type PageEvent } from "@/shared/cobrowse/clean";
import { hideCards } from "@/shared/cobrowse/hide";
import { Joined } from "./joined";
import { ShareLine } from "./line";

const ASK_MS = 2000;
const POINT_MS = 50;
/** The replayer keeps all that it was told: after so many characters another takes its place. */
const RENEW_CHARACTERS = 20_000_000;

export interface Seen {
  /** Something can be seen. */
  ready: boolean;
  /** The customer's browser is connected. */
  there: boolean;
  address: string;
}

/**
 * The customer's page in a frame that runs nothing and fetches nothing: what comes is cleaned once more before it is drawn
 * (`Cleaner`), the frame is sandboxed without scripts, and it is under the desktop's own policy.
 */
export class Viewer {
  private replayer: Replayer | null = null;
  private readonly cleaner = new Cleaner({ text: hideCards, attribute: hideCards });
  private readonly joined = new Joined();
  private readonly line: ShareLine;
  private seen: Seen = { ready: false, there: false, address: "" };
  private size = { width: 0, height: 0 };
  private scale = 1;
  private characters = 0;
  private askedAt = 0;
  private pointedAt = 0;
  private readonly fits: ResizeObserver;

  constructor(
    private readonly stage: HTMLElement,
    private readonly screen: HTMLElement,
    share: Id,
    private readonly onSeen: (seen: Seen) => void,
    onOver: () => void,
  ) {
    this.line = new ShareLine(share, { onText: (text) => this.hear(text), onThere: (there) => this.see({ there }), onOver });
    this.fits = new ResizeObserver(() => this.fit());
    this.fits.observe(stage);
  }

  close(): void {
    this.line.close();
    this.fits.disconnect();
    this.replayer?.destroy();
  }

  /** Where on the customer's page a place on the screen is; null beside it. */
  placeOf(clientX: number, clientY: number): { x: number; y: number } | null {
    const box = this.screen.getBoundingClientRect();
    const x = Math.round((clientX - box.left) / this.scale);
    const y = Math.round((clientY - box.top) / this.scale);
    return this.seen.ready && x >= 0 && y >= 0 && x < this.size.width && y < this.size.height ? { x, y } : null;
  }

  get middle(): { x: number; y: number } {
    return { x: Math.round(this.size.width / 2), y: Math.round(this.size.height / 2) };
  }

  within({ x, y }: { x: number; y: number }): { x: number; y: number } {
    return { x: Math.min(Math.max(0, x), this.size.width - 1), y: Math.min(Math.max(0, y), this.size.height - 1) };
  }

  point(place: { x: number; y: number }): void {
    if (Date.now() - this.pointedAt < POINT_MS) return;
    this.pointedAt = Date.now();
    this.line.say({ op: "point", ...place });
  }

  mark(place: { x: number; y: number }): void {
    this.line.say({ op: "mark", ...place });
  }

  private hear(text: string): void {
    const { message, gap } = this.joined.take(text);
    if (gap) this.see({ ready: false });
    if (message !== null) {
      let events: unknown;
      try {
        events = JSON.parse(message);
      } catch {
        return;
      }
      this.characters += message.length;
      if (Array.isArray(events)) for (const event of events) this.draw(event);
    }
    if (!this.seen.ready) this.ask();
  }

  private draw(told: unknown): void {
    const event = this.cleaner.clean(told);
    if (!event) return;
    if (event.type === META) this.begin(event);
    else if (event.type === FULL) this.see({ ready: true, there: true });
    else if (!this.seen.ready) return;
    // Drawn as it comes: the two clocks need not agree.
    this.replayer?.addEvent({ ...event, timestamp: Date.now() } as Parameters<Replayer["addEvent"]>[0]);
  }

  private begin({ data }: PageEvent): void {
    const { href, width, height } = data as { href: string; width: number; height: number };
    this.see({ address: href.replace(/^https?:\/\//, "").slice(0, 300) });
    if (!this.replayer || this.characters > RENEW_CHARACTERS) this.renew();
    this.resize(width, height);
  }

  private renew(): void {
    this.replayer?.destroy();
    this.characters = 0;
    this.replayer = new Replayer([], { root: this.screen, liveMode: true, mouseTail: false, triggerFocus: false, showWarning: false, showDebug: false, UNSAFE_replayCanvas: false });
    this.replayer.on("resize", (size) => {
      const { width, height } = size as { width: number; height: number };
      this.resize(width, height);
    });
    this.replayer.startLive(Date.now() - 100);
  }

  private resize(width: number, height: number): void {
    this.size = { width: Math.min(Math.max(1, width), 10_000), height: Math.min(Math.max(1, height), 10_000) };
    this.fit();
  }

  private fit(): void {
    const { width, height } = this.size;
    if (width === 0) return;
    const { clientWidth, clientHeight } = this.stage;
    this.scale = Math.min(1, clientWidth / width, clientHeight / height);
    Object.assign(this.screen.style, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${Math.max(0, (clientWidth - width * this.scale) / 2)}px`,
      transform: `scale(${this.scale})`,
    });
  }

  private ask(): void {
    if (Date.now() - this.askedAt < ASK_MS) return;
    this.askedAt = Date.now();
    this.line.say({ op: "again" });
  }

  private see(part: Partial<Seen>): void {
    this.seen = { ...this.seen, ...part };
    this.onSeen(this.seen);
  }
}
