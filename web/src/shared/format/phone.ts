import type { CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * The numbering plans of the world are 30 KB: they come after the first paint. Until then numbers show as E.164; the shell
 * renders once more when they are here (see `useNumberingPlans`).
 */
let parse: typeof parsePhoneNumberFromString | null = null;

export async function loadNumberingPlans(): Promise<void> {
  parse ??= (await import("libphonenumber-js/min")).parsePhoneNumberFromString;
}

/** National format for numbers of the viewer's country, international for others; unknown texts come back unchanged. */
export function phoneText(value: string, country: string): string {
  const number = parse?.(value, country as CountryCode);
  if (!number?.isPossible()) return value;
  return number.country === country ? number.formatNational() : number.formatInternational();
}

/** What a `tel:` link names (RFC 3966), without its parameters; other texts as they are. */
export function linkedNumber(link: string): string {
  const named = /^tel:([^;]*)/i.exec(link.trim())?.[1];
  try {
    return named === undefined ? link.trim() : decodeURIComponent(named).trim();
  } catch {
    return named ?? "";
  }
}

/** E.164 for a complete number; short numbers (extensions, emergency) stay as typed; null when it is no number at all. */
export function dialable(value: string, country: string): string | null {
  const plain = value.replace(/[\s().\-–]/g, "");
  if (!/^\+?[0-9*#]+$/.test(plain)) return null;
  if (plain.length <= 6 && !plain.startsWith("+")) return plain;
  const number = parse?.(plain, country as CountryCode);
  return number?.isPossible() ? number.number : plain.replace(/^\+$/, "") || null;
}
