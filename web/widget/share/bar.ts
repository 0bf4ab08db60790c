import { dress } from "../loader/dress.ts";

export interface BarWords {
  /** Says who sees the page. */
  bar: string;
  stop: string;
}

const SVG = "http://www.w3.org/2000/svg";
const EYE = "M2 12s3.500-6.500 10-6.500S22 12 22 12s-3.500 6.500-10 6.500S2 12 2 12Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z";
const STILL_MS = 6000;
const RING_MS = 4000;

export function drawing(path: string, size: number): SVGElement {
  const icon = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: `${size}`, height: `${size}`, fill: "none", stroke: "currentColor", "stroke-width": "1.9", "stroke-linejoin": "round", "aria-hidden": "true" }))
    icon.setAttribute(name, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  icon.append(line);
  return icon;
}

/** On the page for as long as it is shown: who sees it, how to stop it, and where they point. It is no part of what is shown. */
export class Bar {
  private readonly element = document.createElement("tongdai-share");
  private readonly pointer = document.createElement("div");
  private readonly name = document.createElement("span");
  private readonly inside: ShadowRoot;
  private readonly section = document.createElement("section");
  private still: ReturnType<typeof setTimeout> | undefined;

  constructor(words: BarWords, who: string, stop: () => void) {
    dress(this.element, { all: "initial", position: "fixed", inset: "0", zIndex: "2147483647", pointerEvents: "none", display: "block", width: "auto", height: "auto", margin: "0", border: "0", padding: "0", background: "transparent", overflow: "hidden" });
    this.inside = this.element.attachShadow({ mode: "open" });
    this.inside.append(this.bar(words, stop), this.arrow(who));
    this.stay();
  }

  /** A site may take away what it does not know. Under a chat window that covers the page, the window itself says it. */
  stay(): void {
    dress(this.section, { display: document.querySelector("tongdai-chat[data-full]") ? "none" : "flex" });
    if (this.element.isConnected) return;
    document.documentElement.append(this.element);
    // Above the site's own dialogs, where a browser can.
    if (!("popover" in this.element)) return;
    this.element.popover = "manual";
    this.element.showPopover();
  }

  remove(): void {
    clearTimeout(this.still);
    this.element.remove();
  }

  point(x: number, y: number): void {
    dress(this.pointer, { display: "flex", transform: `translate(${x}px, ${y}px)` });
    clearTimeout(this.still);
    this.still = setTimeout(() => dress(this.pointer, { display: "none" }), STILL_MS);
  }

  mark(x: number, y: number): void {
    this.point(x, y);
    const ring = document.createElement("div");
    dress(ring, { position: "absolute", left: `${x - 22}px`, top: `${y - 22}px`, width: "44px", height: "44px", boxSizing: "border-box", border: "4px solid #b3202c", borderRadius: "50%", boxShadow: "0 0 0 2px #fff" });
    ring.dataset["mark"] = "";
    this.inside.append(ring);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) ring.animate([{ transform: "scale(.3)" }, { transform: "scale(1)" }], { duration: 250, easing: "ease-out" });
    setTimeout(() => ring.remove(), RING_MS);
  }

  private bar({ bar, stop: label }: BarWords, stop: () => void): HTMLElement {
    const element = this.section;
    element.setAttribute("aria-label", bar);
    dress(element, {
      position: "absolute", top: "8px", left: "50%", transform: "translateX(-50%)", display: "flex", alignItems: "center", gap: "10px", boxSizing: "border-box", maxWidth: "calc(100% - 16px)", width: "max-content",
      padding: "6px 6px 6px 14px", borderRadius: "12px", background: "#7a1420", color: "#fff", font: "500 14px/1.35 system-ui, sans-serif", boxShadow: "0 2px 12px rgba(0,0,0,.35)", pointerEvents: "auto",
    });
    const text = document.createElement("span");
    text.setAttribute("role", "status");
    text.textContent = bar;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    dress(button, { all: "unset", flex: "none", boxSizing: "border-box", minHeight: "32px", padding: "4px 14px", borderRadius: "8px", background: "#fff", color: "#7a1420", font: "600 14px/24px system-ui, sans-serif", cursor: "pointer" });
    button.addEventListener("focus", () => dress(button, { outline: "3px solid #ffd166", outlineOffset: "2px" }));
    button.addEventListener("blur", () => dress(button, { outline: "none" }));
    button.addEventListener("click", stop);
    const icon = drawing(EYE, 20);
    dress(icon, { flex: "none" });
    element.append(icon, text, button);
    return element;
  }

  private arrow(who: string): HTMLElement {
    dress(this.pointer, { position: "absolute", top: "0", left: "0", display: "none", alignItems: "start", color: "#b3202c", transition: "transform .08s linear" });
    this.pointer.setAttribute("aria-hidden", "true");
    this.pointer.dataset["pointer"] = "";
    const icon = drawing("M1.500 1.500 8 20l3-7.500 7.500-3Z", 22);
    icon.setAttribute("fill", "currentColor");
    icon.setAttribute("stroke", "#fff");
    this.name.textContent = who;
    dress(this.name, { margin: "18px 0 0 -6px", padding: "1px 8px", borderRadius: "8px", background: "#b3202c", color: "#fff", font: "500 12px/18px system-ui, sans-serif", maxWidth: "160px", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" });
    this.pointer.append(icon, this.name);
    return this.pointer;
  }
}
