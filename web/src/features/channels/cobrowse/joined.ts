const PIECE = /^(\d{1,9})\|(\d{1,3})\/(\d{1,3})\|/;

/** Puts the pieces of messages together. `gap`: something before it is missing, or is no message at all. */
export class Joined {
  private expected = 0;
  private pieces: string[] = [];

  /** The sender begins to count from nought with each of its connections. */
  take(text: string): { message: string | null; gap: boolean } {
    const found = PIECE.exec(text);
    if (!found) return { message: null, gap: true };
    const [number, at, count] = found.slice(1).map(Number) as [number, number, number];
    const next = number === this.expected && at === this.pieces.length;
    if (at === 0) this.pieces = [];
    else if (!next) {
      this.pieces = [];
      return { message: null, gap: true };
    }
    const gap = at === 0 && number !== this.expected && number !== 0;
    this.expected = number;
    this.pieces.push(text.slice(found[0].length));
    if (this.pieces.length < count) return { message: null, gap };
    const message = this.pieces.join("");
    this.pieces = [];
    this.expected = number + 1;
    return { message, gap };
  }
}
