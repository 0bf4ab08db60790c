/**
 * What a browser keeps of one widget. In an iframe it is kept for each site apart; where a browser refuses storage (one that
 * blocks third parties does), the site keeps it, or else it is kept as long as the page is there.
 */
export class Kept {
  private readonly prefix: string;
  private readonly store: Storage | null;
  private readonly memory = new Map<string, string>();
  private lend: ((name: string, value: string | null) => void) | null = null;

  constructor(key: string, store: () => Storage = () => window.localStorage) {
    this.prefix = `tongdai:${key}:`;
    this.store = usable(store);
  }

  get refused(): boolean {
    return this.store === null;
  }

  /** From now on somebody else keeps it. */
  borrow(found: Record<string, string>, lend: (name: string, value: string | null) => void): void {
    for (const [name, value] of Object.entries(found)) this.memory.set(this.prefix + name, value);
    this.lend = lend;
  }

  get(name: string): string | null {
    const key = this.prefix + name;
    return this.memory.get(key) ?? this.store?.getItem(key) ?? null;
  }

  set(name: string, value: string | null): void {
    const key = this.prefix + name;
    this.memory.delete(key);
    this.lend?.(name, value);
    if (value === null) {
      this.store?.removeItem(key);
      return;
    }
    try {
      if (!this.store) throw new Error("no storage");
      this.store.setItem(key, value);
    } catch {
      this.memory.set(key, value); // refused, or full
    }
  }

  /** The rest of each name that begins like this. */
  names(beginning: string): string[] {
    const wanted = this.prefix + beginning;
    const all = [...this.memory.keys()];
    for (let number = 0; number < (this.store?.length ?? 0); number++) all.push(this.store?.key(number) ?? "");
    return [...new Set(all)].filter((key) => key.startsWith(wanted)).map((key) => key.slice(wanted.length));
  }

  /** Called when another tab changes something of this widget. */
  watch(changed: () => void): void {
    window.addEventListener("storage", ({ key }) => {
      if (key === null || key.startsWith(this.prefix)) changed();
    });
  }
}

function usable(store: () => Storage): Storage | null {
  try {
    const found = store();
    found.getItem("");
    return found;
  } catch {
    return null;
  }
}
