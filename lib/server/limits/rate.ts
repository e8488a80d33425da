/**
 * How much of something may be done in a time, as an operator writes it: `100/20s`. It is a burst and a rate in one: so many
 * at once, and then as they come back, so many in that time.
 */
import { parseSize } from "../../files/size.ts";

export interface Rate {
  /** As many, or bytes. Infinity for no limit. */
  readonly amount: number;
  /** Milliseconds in which a used up amount comes back. */
  readonly periodMs: number;
}

export const UNLIMITED: Rate = { amount: Infinity, periodMs: 1 };

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/** Reads `5/10s`, `2M/1m`, `40/h` or `off`; nothing when it is none of these. */
export function parseRate(text: string): Rate | undefined {
  if (text === "off") return UNLIMITED;
  const [amount = "", period = "", ...rest] = text.split("/");
  const size = parseSize(amount);
  const periodMs = parseDuration(/^\d/.test(period) ? period : `1${period}`);
  if (size === undefined || size < 1 || periodMs === undefined || rest.length > 0) return undefined;
  return { amount: size, periodMs };
}

/** Milliseconds in `90s`, `5m`, `2h`, `1d`; nothing when it is no such time. */
export function parseDuration(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  return ms > 0 ? ms : undefined;
}
