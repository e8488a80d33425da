/** Tells when the machine has slept: the clock on the wall has then gone on, and no timer has. */

const EVERY_MS = 2_000;
/** A timer that is so much late was not merely held up by work. */
const SLEPT_MS = 5_000;

/** Calls back after each sleep until the signal aborts. `now` is the clock on the wall, in milliseconds. */
export function onWake(woke: () => void, signal: AbortSignal, { now = Date.now, everyMs = EVERY_MS } = {}): void {
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    if (at - last > everyMs + SLEPT_MS) woke();
    last = at;
  }, everyMs);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
