export type Listener = (value?: unknown) => void;

const listeners: Record<string, Set<Listener> | undefined> = {};

export function on(name: string, listener: Listener): () => void {
  const known = (listeners[name] ??= new Set());
  known.add(listener);
  return () => void known.delete(listener);
}

/** A listener of the site that throws neither stops the others nor the chat. */
export function announce(name: string, value?: unknown): void {
  listeners[name]?.forEach((listener) => {
    try {
      listener(value);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  });
}
