import { type RefObject, useEffect, useId, useRef, useState } from "react";

/** A list below a field that keeps the caret: its arrows go through the list, Enter and Tab choose. */
export function useFieldList<Row>(field: RefObject<HTMLTextAreaElement | null>, rows: readonly Row[], onPick: (row: Row) => void) {
  const [at, setAt] = useState(0);
  const list = useId();
  const chosen = Math.min(at, rows.length - 1);
  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  useEffect(() => {
    keys.current = (event) => {
      const row = rows[chosen];
      if (!row || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((chosen + (event.key === "ArrowDown" ? 1 : rows.length - 1)) % rows.length);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") onPick(row);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
  });
  useEffect(() => {
    const node = field.current;
    const listen = (event: KeyboardEvent) => keys.current(event);
    node?.addEventListener("keydown", listen, true);
    node?.setAttribute("aria-controls", list);
    return () => {
      node?.removeEventListener("keydown", listen, true);
      node?.removeAttribute("aria-controls");
      node?.removeAttribute("aria-activedescendant");
    };
  }, [field, list]);
  useEffect(() => {
    if (rows[chosen]) field.current?.setAttribute("aria-activedescendant", `${list}-${chosen}`);
    else field.current?.removeAttribute("aria-activedescendant");
  });
  return { list, chosen };
}
