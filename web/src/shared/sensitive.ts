import { useSyncExternalStore } from "react";

/** The contact field for card data that has the focus, by its key: whoever shows the call keeps what is said out of the recording. */
let filling: string | null = null;
let leaving: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();

/** Going from one such field to the next is no moment without one. */
const LEAVES_MS = 300;

function tell(field: string | null): void {
  filling = field;
  for (const watcher of watchers) watcher();
}

export function setFilling(field: string | null): void {
  clearTimeout(leaving);
  if (field === null) leaving = setTimeout(tell, LEAVES_MS, null);
  else tell(field);
}

const subscribe = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
export const useFilling = (): string | null => useSyncExternalStore(subscribe, () => filling);
