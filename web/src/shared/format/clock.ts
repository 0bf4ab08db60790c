import { useEffect, useSyncExternalStore } from "react";

/**
 * Timers count from instants that the server set, so a wrong clock on the agent's machine must not show. The offset is
 * the median-free simplest estimate that is good to a second: the smallest |Date header − own clock| seen lately.
 */
let offsetMs = 0;
let known = false;

export function noteServerDate(header: string | null): void {
  if (!header) return;
  const measured = Date.parse(header) - Date.now();
  if (Number.isNaN(measured)) return;
  // The header has whole seconds: differences within one are rounding, not an offset.
  if (!known || Math.abs(measured - offsetMs) > 1500) offsetMs = Math.abs(measured) < 1500 ? 0 : measured;
  known = true;
}

export const serverNow = (): number => Date.now() + offsetMs;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let tick = 0;

/** One timer for every running figure on the page; it sleeps while nobody watches. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick += 1;
    listeners.forEach((tell) => tell());
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Re-renders once a second; for the few components whose layout depends on the time (rings, bars). */
export function useNow(): number {
  useSyncExternalStore(onTick, () => tick);
  return serverNow();
}

export function useTick(update: () => void): void {
  useEffect(() => {
    update();
    return onTick(update);
  });
}
