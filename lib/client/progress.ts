/** A progress line on standard error, for a person at a terminal; nothing otherwise. */
import { formatSize } from "../files/size.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { truncate } from "../terminal/text.ts";
import type { Progress } from "./transfer.ts";

const EVERY_MS = 100;

export function progressLine(name: string): { readonly progress?: Progress } {
  if (!Deno.stderr.isTerminal()) return {};
  const meter = createMeter();
  let drawn = 0;
  return {
    progress: (done, total) => {
      const now = performance.now();
      if (now - drawn < EVERY_MS && done < total) return;
      drawn = now;
      const end = done === total ? "\n" : "";
      Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${meter(sanitize(name), done, total)}${end}`));
    },
  };
}

/** Columns of the bar, and the most for a name. */
const BAR = 20;
const NAME = 30;

/**
 * Draws `██████░░░░  42% photo.png · 12.6 MiB of 30.0 MiB · 8.1 MiB/s · 0:02 left`, the speed taken since the first
 * call. A narrow screen cuts the end off, so what matters most stands first.
 */
export function createMeter(): (name: string, done: number, total: number) => string {
  let first: { readonly at: number; readonly done: number } | undefined;
  return (name, done, total) => {
    const now = performance.now();
    first ??= { at: now, done };
    const part = total === 0 ? 1 : done / total;
    const filled = Math.round(part * BAR);
    const bar = "█".repeat(filled) + "░".repeat(BAR - filled);
    const speed = now > first.at ? (done - first.done) / ((now - first.at) / 1000) : 0;
    const rate = speed > 0 ? ` · ${formatSize(speed)}/s · ${formatDuration((total - done) / speed)} left` : "";
    const percent = `${Math.floor(part * 100)}%`.padStart(4);
    return `${bar} ${percent} ${truncate(name, NAME)} · ${formatSize(done)} of ${formatSize(total)}${rate}`;
  };
}

function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
