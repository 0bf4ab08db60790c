import { foldText } from "./text";

/** A part of a text, and whether it is what was looked for. */
export interface Part { text: string; hit: boolean }

const folded = (char: string) => (/\s/.test(char) ? " " : /['’ʼ`´‘]/.test(char) ? "" : foldText(char));
const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/**
 * The text in parts, those that `q` found marked, as the server finds: the beginnings of words without case and accents, and any
 * part of a number, whatever stands between its digits.
 */
export function matchParts(text: string, q: string): Part[] {
  const chars = [...text];
  const hits = new Array<boolean>(chars.length).fill(false);
  const number = /^[\d\s+().\-/]*\d[\d\s+().\-/]*$/.test(q);
  if (number) markDigits(chars, q, hits);
  else for (const token of foldText(q).replace(/['’ʼ`´‘]/g, "").split(/[^\p{L}\p{N}.@+_]+/u)) if (token) (/^\d{3,}$/.test(token) ? markDigits : markWord)(chars, token, hits);
  const parts: Part[] = [];
  chars.forEach((char, at) => {
    const last = parts.at(-1);
    if (last && last.hit === hits[at]) last.text += char;
    else parts.push({ text: char, hit: hits[at] ?? false });
  });
  return parts;
}

function markWord(chars: string[], token: string, hits: boolean[]) {
  for (let start = 0; start < chars.length; start += 1) {
    if (isWord(chars[start - 1]) || /['’ʼ`´‘]/.test(chars[start - 1] ?? "")) continue;
    let rest = token;
    let end = start;
    while (rest && end < chars.length) {
      const one = folded(chars[end] ?? "");
      if (!rest.startsWith(one)) break;
      rest = rest.slice(one.length);
      end += 1;
    }
    if (!rest) hits.fill(true, start, end);
  }
}

/** A number is shown as its country dials it and may be typed with its country's code, or the other way round. */
function markDigits(chars: string[], q: string, hits: boolean[]) {
  const places = chars.flatMap((char, at) => (/\d/.test(char) ? [at] : []));
  const shown = places.map((at) => chars[at]).join("");
  const typed = q.replace(/\(0\)/g, "").replace(/\D/g, "");
  const bare = typed.replace(/^00?/, "");
  const wanted = [typed, bare, ...[1, 2, 3].map((code) => bare.slice(code))].find((one) => one.length > 1 && shown.includes(one));
  if (!wanted) return;
  const start = shown.indexOf(wanted);
  hits.fill(true, places[start], (places[start + wanted.length - 1] ?? 0) + 1);
}
