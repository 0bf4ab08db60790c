import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** National format for numbers of the viewer's country, international for others; unknown texts come back unchanged. */
export function phoneText(value: string, country: string): string {
  const number = parsePhoneNumberFromString(value, country as CountryCode);
  if (!number?.isPossible()) return value;
  return number.country === country ? number.formatNational() : number.formatInternational();
}

/** E.164 for a complete number; short numbers (extensions, emergency) stay as typed; null when it is no number at all. */
export function dialable(value: string, country: string): string | null {
  const plain = value.replace(/[\s().\-–]/g, "");
  if (!/^\+?[0-9*#]+$/.test(plain)) return null;
  if (plain.length <= 6 && !plain.startsWith("+")) return plain;
  const number = parsePhoneNumberFromString(plain, country as CountryCode);
  return number?.isPossible() ? number.number : plain.replace(/^\+$/, "") || null;
}
