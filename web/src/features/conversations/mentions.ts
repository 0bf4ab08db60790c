/** What is typed after an @ before the caret: the beginning of a name, of up to three words. */
export function askedName(text: string): string | null {
  return /(?:^|[\s(])@([^\s@]{0,30}(?: [^\s@]{1,30}){0,2})$/u.exec(text)?.[1] ?? null;
}

/** The text with the name in place of what was typed of it, and where the caret is then. */
export function withName(text: string, caret: number, name: string): { text: string; caret: number } {
  const asked = askedName(text.slice(0, caret)) ?? "";
  const before = `${text.slice(0, caret - asked.length)}${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}

/** Of those who were chosen the ones whose names still stand in the text. */
export const stillNamed = <One extends { name: string }>(text: string, chosen: readonly One[]): One[] => chosen.filter((one) => text.includes(`@${one.name}`));

/** Text with the names of the mentioned apart. */
export function named(text: string, names: readonly string[]): { text: string; name: boolean }[] {
  const wanted = names.map((name) => `@${name}`).sort((one, other) => other.length - one.length);
  if (wanted.length === 0) return [{ text, name: false }];
  const pattern = new RegExp(`(${wanted.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "u");
  return text.split(pattern).filter(Boolean).map((part) => ({ text: part, name: wanted.includes(part) }));
}
