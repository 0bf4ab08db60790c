/** The call that this browser carries, kept over a reload or a crash of the page. A sign-in's phone knows only its own. */
const KEY = "tongdai.line";

export const keepLine = (phone: string, call: string): void => localStorage.setItem(KEY, `${phone} ${call}`);
export const dropLine = (): void => localStorage.removeItem(KEY);

/** The call that was on when the page went, once. */
export function takeLostLine(phone: string): string | null {
  const [owner, call] = (localStorage.getItem(KEY) ?? "").split(" ");
  dropLine();
  return owner === phone && call ? call : null;
}
