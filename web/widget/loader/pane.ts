import type { Look } from "../bridge.ts";
import { dress } from "./dress.ts";

const NARROW = 480;
const LOW = 420;

/** The window: over the corner, or over the whole of a small screen. */
export class Pane {
  readonly frame = document.createElement("iframe");
  private side: Look["side"] = "right";
  private scroll: string | null = null;

  constructor(address: string) {
    this.frame.src = address;
    this.frame.title = "Chat";
    this.frame.allow = "camera; microphone; display-capture; autoplay";
    dress(this.frame, {
      all: "initial", position: "fixed", border: "0", zIndex: "2147483000", display: "none", colorScheme: "light dark",
      boxShadow: "0 2px 8px rgba(0,0,0,.1), 0 16px 48px rgba(0,0,0,.22)", overflow: "hidden", background: "transparent",
    });
  }

  look({ side, title }: Look): void {
    this.side = side;
    this.frame.title = title;
  }

  get full(): boolean {
    return window.innerWidth < NARROW || window.innerHeight < LOW;
  }

  lay(open: boolean): void {
    const { full } = this;
    const near = full ? "0" : "20px";
    dress(this.frame, {
      display: open ? "block" : "none",
      left: full || this.side === "left" ? near : "auto",
      right: full || this.side === "right" ? near : "auto",
      top: full ? "0" : "auto",
      bottom: full ? "0" : "92px",
      width: full ? "100%" : "392px",
      height: full ? "100%" : "min(660px, calc(100vh - 112px))",
      borderRadius: full ? "0" : "16px",
    });
    this.hold(open && full);
  }

  /** The page behind a window that covers it does not scroll. */
  private hold(still: boolean): void {
    const { style } = document.documentElement;
    if (still && this.scroll === null) {
      this.scroll = style.overflow;
      style.overflow = "hidden";
    } else if (!still && this.scroll !== null) {
      style.overflow = this.scroll;
      this.scroll = null;
    }
  }
}
