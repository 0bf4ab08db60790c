/** jsdom has no Web Locks: the smallest exclusive lock, shared by every "tab" of a test. */
const queues = new Map<string, Promise<unknown>>();
export function installLocks(): void {
  Object.defineProperty(navigator, "locks", {
    configurable: true,
    value: {
      request: (name: string, options: { signal?: AbortSignal }, run: () => Promise<void>) => {
        const before = queues.get(name) ?? Promise.resolve();
        const mine = before.then(() => (options.signal?.aborted ? Promise.reject(new DOMException("", "AbortError")) : run()));
        queues.set(name, mine.catch(() => undefined));
        return mine;
      },
    },
  });
}
