/** What many rounds come to. Ratios are taken within a round, between runs that are neighbours in time, and only then summed up. */

export interface Summary {
  readonly median: number;
  /** The lowest and the highest. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const [upper = NaN, lower = NaN] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

export function summarize(values: readonly number[]): Summary {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), count: values.length };
}

/** The ratios of two series, round by round; a round that one of them lacks does not count. */
export function ratios(above: ReadonlyMap<number, number>, below: ReadonlyMap<number, number>): Summary {
  const paired: number[] = [];
  for (const [round, value] of above) {
    const other = below.get(round);
    if (other !== undefined && other > 0) paired.push(value / other);
  }
  return summarize(paired);
}
