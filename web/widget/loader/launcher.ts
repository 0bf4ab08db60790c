import type { Look } from "../bridge.ts";
import { dress } from "./dress.ts";

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M12 4c4.7 0 8.5 3.2 8.5 7.2s-3.8 7.2-8.5 7.2c-.9 0-1.8-.1-2.6-.4L5 20l1-3.6c-1.6-1.3-2.5-3.1-2.5-5.2C3.5 7.2 7.3 4 12 4Z";
const DOWN = "m6 9.5 6 6 6-6";

/** The round button in the corner. */
export class Launcher {
  readonly element = document.createElement("button");
  private readonly badge = document.createElement("span");
  private readonly path = document.createElementNS(SVG, "path");
  private words = { open: "Chat", close: "Close" };
  private unread = "";
  private opened = false;
  private known = false;

  constructor(press: () => void) {
    const { element, badge } = this;
    element.type = "button";
    dress(element, {
      all: "initial", display: "none", position: "fixed", bottom: "20px", right: "20px", width: "56px", height: "56px",
      borderRadius: "50%", cursor: "pointer", zIndex: "2147483001", boxSizing: "border-box", placeItems: "center",
      boxShadow: "0 1px 3px rgba(0,0,0,.16), 0 8px 24px rgba(0,0,0,.2)", outlineOffset: "3px",
    });
    const icon = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "32", height: "32", fill: "none", stroke: "currentColor", "aria-hidden": "true" }))
      icon.setAttribute(name, value);
    for (const [name, value] of Object.entries({ "stroke-width": "1.8", "stroke-linejoin": "round", "stroke-linecap": "round" })) this.path.setAttribute(name, value);
    icon.append(this.path);
    badge.setAttribute("aria-hidden", "true");
    dress(badge, {
      display: "none", position: "absolute", top: "-4px", right: "-4px", minWidth: "22px", height: "22px", borderRadius: "11px",
      padding: "0 6px", boxSizing: "border-box", background: "#c4232f", color: "#fff", border: "2px solid #fff",
      font: "600 12px/18px system-ui, sans-serif", textAlign: "center",
    });
    element.append(icon, badge);
    element.addEventListener("click", press);
    element.addEventListener("focus", () => dress(element, { outline: element.matches(":focus-visible") ? "3px solid #1c7ed6" : "none" }));
    element.addEventListener("blur", () => dress(element, { outline: "none" }));
    element.addEventListener("pointerenter", () => dress(element, { filter: "brightness(1.08)" }));
    element.addEventListener("pointerleave", () => dress(element, { filter: "none" }));
    this.lay(false, false);
  }

  look({ colour, ink, side, open, close }: Look): void {
    dress(this.element, { background: colour, color: ink, left: side === "left" ? "20px" : "auto", right: side === "left" ? "auto" : "20px" });
    this.words = { open, close };
    this.label();
  }

  show(known: boolean): void {
    this.known = known;
    dress(this.element, { display: known ? "grid" : "none" });
  }

  lay(open: boolean, covered: boolean): void {
    this.opened = open;
    this.element.setAttribute("aria-expanded", String(open));
    this.path.setAttribute("d", open ? DOWN : BUBBLE);
    dress(this.element, { display: this.known && !covered ? "grid" : "none" });
    this.label();
  }

  count(unread: number, label: string): void {
    this.unread = unread ? label : "";
    this.badge.textContent = unread > 99 ? "99+" : String(unread);
    dress(this.badge, { display: unread ? "block" : "none" });
    this.label();
  }

  private label(): void {
    const { open, close } = this.words;
    this.element.setAttribute("aria-label", this.opened ? close : this.unread ? `${open}, ${this.unread}` : open);
  }
}
