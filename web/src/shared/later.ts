import { type ComponentType, lazy } from "react";

const AGAIN_MS = 3000;
const TRIES = 40;
const waiting: (() => Promise<unknown>)[] = [];

/** Runs once the first thing can be seen; at once when that has been. */
export function afterFirstPaint(run: () => void): () => void {
  const name = "first-contentful-paint";
  if (performance.getEntriesByName(name).length > 0) {
    run();
    return () => undefined;
  }
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  const observer = new PerformanceObserver((list) => list.getEntriesByName(name).length > 0 && once());
  observer.observe({ type: "paint", buffered: true });
  // A page in the background is not painted, and wants its parts all the same.
  const timer = setTimeout(once, AGAIN_MS);
  return () => {
    done = true;
    observer.disconnect();
    clearTimeout(timer);
  };
}

/** A part that cannot be fetched (no network just now) is asked for again: its place stays empty, the screen stays whole. */
async function patiently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await load();
    } catch (error) {
      if (tries >= TRIES) throw error;
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

/**
 * A component in a file of its own, which is not needed for the first paint but is fetched right after it: when it is
 * wanted, with a customer on the line and perhaps no network, it is there.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as lazy() itself is declared
export function soon<Part extends ComponentType<any>>(load: () => Promise<Part>) {
  let part: Promise<{ default: Part }> | null = null;
  const once = () => (part ??= patiently(async () => ({ default: await load() })));
  waiting.push(once);
  return lazy(once);
}

/** Fetch what was put off; called when the first paint is done. */
export const fetchSoon = (): void => waiting.forEach((load) => void load());
