/** Of a list's mistakes, those of one entry, by the names of its parts. */
export const errorsAt = (errors: Record<string, string>, place: number): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).filter(([key]) => key.startsWith(`${place}.`)).map(([key, error]) => [key.slice(`${place}.`.length), error]));

/** The list with one entry before or after its neighbour. */
export function moved<T>(entries: readonly T[], place: number, by: 1 | -1): T[] {
  const next = [...entries];
  const [one] = next.splice(place, 1);
  if (one !== undefined) next.splice(place + by, 0, one);
  return next;
}
