/** A name kept per language: the reader's, else English, else any; a plain text is itself. */
export function localized(value: unknown, locale: string): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return "";
  const names = value as Record<string, string>;
  return names[locale] || names["en"] || Object.values(names).find(Boolean) || "";
}
