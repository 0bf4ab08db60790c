import type { Look } from "../bridge.ts";
import { dress } from "../loader/dress.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Beside the launcher: words that can be taken up or closed. It is announced politely and takes nobody's focus. */
export class Bubble {
  /** Is there before anything is said in it, so that it is announced. */
  private readonly region = document.createElement("div");

  constructor(
    inside: ShadowRoot,
    private readonly button: HTMLElement,
  ) {
    this.region.setAttribute("role", "status");
    inside.insertBefore(this.region, button); // with the keyboard, it comes before the launcher
  }

  get there(): boolean {
    return this.region.firstChild !== null;
  }

  show(text: string, dismiss: string, { side }: Pick<Look, "side">, take: () => void, shut: () => void): void {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const card = document.createElement("div");
    dress(card, {
      all: "initial", position: "fixed", bottom: "90px", [side]: "20px", zIndex: "2147483000", display: "flex", alignItems: "flex-start",
      maxWidth: "min(320px, calc(100vw - 40px))", boxSizing: "border-box", borderRadius: "14px", border: `1px solid ${dark ? "#3a4049" : "#d9dce1"}`,
      background: dark ? "#1d2127" : "#fff", color: dark ? "#eceef1" : "#1a1d21", boxShadow: "0 1px 3px rgba(0,0,0,.12), 0 8px 28px rgba(0,0,0,.2)",
      font: "400 15px/1.45 system-ui, sans-serif",
    });
    const words = plain(take);
    words.textContent = text;
    words.dir = "auto";
    dress(words, { flex: "1 1 auto", padding: "12px 4px 12px 16px", maxHeight: "40vh", overflowY: "auto", textAlign: "start", overflowWrap: "anywhere", whiteSpace: "pre-line" });
    const close = plain(shut);
    close.setAttribute("aria-label", dismiss);
    dress(close, { flex: "none", display: "grid", placeItems: "center", width: "32px", height: "32px", margin: "6px 6px 0 0", opacity: ".75" });
    close.append(cross());
    card.append(words, close);
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      shut();
    });
    this.region.replaceChildren(card);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches)
      card.animate?.([{ opacity: 0, transform: "translateY(8px)" }, { opacity: 1, transform: "none" }], { duration: 200, easing: "ease-out" });
  }

  /** Whose focus was in it is at the launcher then. */
  hide(): void {
    const inside = this.region.contains((this.region.getRootNode() as ShadowRoot).activeElement);
    this.region.replaceChildren();
    if (inside) this.button.focus();
  }
}

/** A button without anything of the browser's, but with a focus that is seen. */
function plain(press: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  dress(button, { all: "unset", cursor: "pointer", boxSizing: "border-box", borderRadius: "10px", font: "inherit", color: "inherit" });
  button.addEventListener("click", press);
  button.addEventListener("focus", () => dress(button, { outline: button.matches(":focus-visible") ? "3px solid #1c7ed6" : "none" }));
  button.addEventListener("blur", () => dress(button, { outline: "none" }));
  return button;
}

function cross(): SVGElement {
  const icon = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "18", height: "18", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "aria-hidden": "true" }))
    icon.setAttribute(name, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", "M6 6l12 12M18 6 6 18");
  icon.append(line);
  return icon;
}
