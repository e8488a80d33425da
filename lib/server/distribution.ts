/** How values are spread: how many fell below each of some bounds, and their sum. To note one costs a few comparisons. */
export class Distribution {
  /** Ascending; a value that equals a bound belongs below it. */
  readonly bounds: readonly number[];
  /** One for each bound, and one for what is above them all. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  note(value: number): void {
    let at = 0;
    for (const bound of this.bounds) {
      if (value <= bound) break;
      at++;
    }
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += value;
  }
}
