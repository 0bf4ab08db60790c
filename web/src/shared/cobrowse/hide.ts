/** What is never shown of a page: what people type, cards' numbers wherever they stand, and what addresses carry along. */

export const DOTS = "••••••";
const CARD = /\d(?:[ \u00a0.-]?\d){12,18}/g;
const LEAST = 4;
const LETTERS = 3;

/** Whether the digits are a card's by their check digit (ISO/IEC 7812). */
function isCard(digits: string): boolean {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return sum % 10 === 0;
}

/** Of a longer row of digits, the part that is a card's number is hidden; other numbers stay. */
export function hideCards(text: string): string {
  return text.replace(CARD, (found) => {
    const digits = found.replace(/\D/g, "");
    for (let length = digits.length; length >= 13; length -= 1)
      for (let from = 0; from + length <= digits.length; from += 1) if (isCard(digits.slice(from, from + length))) return DOTS;
    return found;
  });
}

/** Where an address leads, without its query and fragment, in which sites carry names, tokens and searches. */
export function bareAddress(address: string): string {
  try {
    const url = new URL(address);
    return /^https?:$/.test(url.protocol) ? url.origin + url.pathname : "";
  } catch {
    return "";
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Something that was typed, however it is spaced when a page repeats it. */
function patternOf(value: string): string {
  const bare = value.replace(/[\s-]/g, "");
  return /^\d+$/.test(bare) ? [...bare].join("[\\s.-]?") : escaped(value);
}

/** Values that were typed, each hidden wherever else the page puts it. */
export class Typed {
  private values: string[] = [];
  private pattern: RegExp | null = null;

  constructor(private readonly most = 200) {}

  add(value: string): void {
    const trimmed = value.trim();
    if (trimmed.length < LEAST || trimmed.length > 500 || this.values.includes(trimmed)) return;
    // Of what grows letter by letter the last few are kept: the page may be a moment behind.
    const grown = this.values.filter((one) => trimmed.startsWith(one)).slice(0, -LETTERS);
    this.values = [...this.values.filter((one) => !grown.includes(one)), trimmed].slice(-this.most);
    this.pattern = null;
  }

  hide(text: string): string {
    if (this.values.length === 0) return text;
    // The longest first: of what was typed letter by letter, all goes and not a part.
    this.pattern ??= new RegExp([...this.values].sort((a, b) => b.length - a.length).map(patternOf).join("|"), "gi");
    return text.replace(this.pattern, DOTS);
  }
}
