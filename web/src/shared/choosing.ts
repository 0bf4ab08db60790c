import { useCallback, useMemo, useState } from "react";
import type { Id } from "@/shared/api/types";

const NONE: ReadonlySet<Id> = new Set();

/** Pure: all between two of the list, both with them; only the second when the first is not there any more. */
export function between(ids: Id[], from: Id | null, to: Id): Id[] {
  const [a, b] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

export interface Choosing {
  chosen: ReadonlySet<Id>;
  toggle: (id: Id) => void;
  /** From the last one that was chosen to this one. */
  reach: (id: Id) => void;
  all: () => void;
  clear: () => void;
}

/** Several of the list `shown`, by mouse or keys. Who is no longer shown stays chosen until cleared. */
export function useChoosing(shown: Id[]): Choosing {
  const [chosen, setChosen] = useState(NONE);
  const [anchor, setAnchor] = useState<Id | null>(null);
  const toggle = useCallback((id: Id) => {
    setAnchor(id);
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);
  const reach = useCallback((id: Id) => {
    setAnchor((from) => from ?? id);
    setChosen((before) => new Set([...before, ...between(shown, anchor, id)]));
  }, [shown, anchor]);
  const all = useCallback(() => setChosen((before) => new Set([...before, ...shown])), [shown]);
  const clear = useCallback(() => {
    setChosen(NONE);
    setAnchor(null);
  }, []);
  return useMemo(() => ({ chosen, toggle, reach, all, clear }), [chosen, toggle, reach, all, clear]);
}
