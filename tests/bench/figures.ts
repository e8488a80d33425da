/** Figures as people read them, and goals held against them. */
import type { Goal, Sample } from "./bench_context.ts";
import { ratios, summarize, type Summary } from "./stats.ts";

/** One value of one contestant in one case, by round. */
export function series(
  samples: readonly Sample[],
  of: { readonly case: string; readonly contestant: string; readonly value: string },
): Map<number, number> {
  const found = samples.filter((sample) => sample.case === of.case && sample.contestant === of.contestant);
  return new Map(found.flatMap(({ round, values }) => {
    const value = values[of.value];
    return value === undefined ? [] : [[round, value]];
  }));
}

export function ratioOf(
  samples: readonly Sample[],
  of: { readonly case: string; readonly value: string; readonly above: string; readonly below: string },
): Summary {
  const { above, below, ...rest } = of;
  return ratios(series(samples, { ...rest, contestant: above }), series(samples, { ...rest, contestant: below }));
}

export const medianOf = (samples: readonly Sample[], of: Parameters<typeof series>[1]): number =>
  summarize([...series(samples, of).values()]).median;

/** Three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

export const withSpread = ({ median, low, high, count }: Summary, unit = ""): string =>
  count === 0 ? "not measured" : `${digits(median)}${unit} (${digits(low)}–${digits(high)})`;

export function goalAtLeast(what: string, bound: number, measured: Summary, unit = " ×"): Goal {
  return {
    what,
    wanted: `≥ ${digits(bound)}${unit}`,
    measured: withSpread(measured, unit),
    met: measured.count === 0 ? undefined : measured.median >= bound,
  };
}

export function goalAtMost(what: string, bound: number, measured: Summary, unit = " ×"): Goal {
  return {
    what,
    wanted: `≤ ${digits(bound)}${unit}`,
    measured: withSpread(measured, unit),
    met: measured.count === 0 ? undefined : measured.median <= bound,
  };
}
