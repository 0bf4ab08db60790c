export interface Piece {
  text: string;
  /** Where it leads, if it is an address. */
  href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const CLOSING = /[.,;:!?)\]}»”’…]+$/;

/** The text as it is, with what is a web or mail address apart. Only http, https and mailto ever become links. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = hrefOf(address);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    found.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** A full stop after an address ends the sentence; a bracket belongs to it only if it was opened in it. */
function trimmed(address: string): string {
  const closing = CLOSING.exec(address)?.[0] ?? "";
  const keeps = closing.startsWith(")") && address.includes("(") ? 1 : 0;
  return address.slice(0, address.length - closing.length + keeps);
}

function hrefOf(address: string): string | null {
  const wanted = /^https?:/i.test(address) ? address : address.includes("@") ? `mailto:${address}` : `https://${address}`;
  try {
    const url = new URL(wanted);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
