/** A browser may refuse storage (throwing even when it is only named): then nothing is remembered. */
export function recall(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(key);
  } catch {
    return null;
  }
}

export function remember(store: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) store().removeItem(key);
    else store().setItem(key, value);
  } catch {
    return;
  }
}

/** Everything whose name begins like this, under the rest of its name. */
export function all(store: () => Storage, beginning: string): Record<string, string> {
  try {
    const kept = Object.entries(store()).filter(([key]) => key.startsWith(beginning));
    return kept.reduce((found, [key, value]) => ({ ...found, [key.slice(beginning.length)]: String(value) }), {});
  } catch {
    return {};
  }
}
