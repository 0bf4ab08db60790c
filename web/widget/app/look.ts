import { inkOn, legible } from "./colour.ts";
import type { Config } from "./types.ts";

const PAPER = "#ffffff";
const NIGHT = "#15181d";

/** The widget's colour, and what goes with it, for the style sheet (through the CSSOM: the page has no inline styles). */
export function paint({ look: { colour } }: Config): void {
  const { style } = document.documentElement;
  style.setProperty("--accent", colour);
  style.setProperty("--on-accent", inkOn(colour));
  style.setProperty("--accent-by-day", legible(colour, PAPER));
  style.setProperty("--accent-by-night", legible(colour, NIGHT));
}
