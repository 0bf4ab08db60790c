const LEAST_MS = 1000;
const MOST_MS = 30_000;

/** Waiting times that double from one second to thirty, each by chance shorter: a crowd does not come back all at once. */
export class Backoff {
  private tries = 0;

  constructor(private readonly random: () => number = Math.random) {}

  next(): number {
    const whole = Math.min(MOST_MS, LEAST_MS * 2 ** ++this.tries);
    return Math.max(LEAST_MS, whole * (0.5 + this.random() / 2));
  }

  reset(): void {
    this.tries = 0;
  }
}

/** A wait that can be cut short. */
export class Pause {
  private end: (() => void) | null = null;

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cut(), ms);
      this.end = () => {
        clearTimeout(timer);
        this.end = null;
        resolve();
      };
    });
  }

  cut(): void {
    this.end?.();
  }
}
