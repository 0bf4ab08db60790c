import type { Assignment, Disposition } from "@/shared/api/types";

type Card = Pick<Assignment, "work" | "ending">;

/** Pure: whether a result is meant for this kind of contact. What says nothing is for all. */
export const fits = (row: Disposition, card: Card): boolean => row.work.length === 0 || (card.work !== null && row.work.includes(card.work));

/** Pure: results meant for just this kind before those for all, and those for other kinds last; otherwise as they stand. */
export function fittingFirst(leaves: Disposition[], card: Card): Disposition[] {
  const place = (row: Disposition): number => (!fits(row, card) ? 2 : row.work.length > 0 ? 0 : 1);
  return [...leaves].sort((a, b) => place(a) - place(b));
}

/** Pure: the result that is proposed for how the call went; none unless it is clear which. */
export function proposed(leaves: Disposition[], card: Card): Disposition | null {
  const { ending } = card;
  const found = ending === null ? [] : fittingFirst(leaves, card).filter((row) => fits(row, card) && row.suggested_for.includes(ending));
  return found[0] ?? null;
}
