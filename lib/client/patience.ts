/** Asking again what a server puts off, and the waiting in between. */
import { Refused } from "./failure.ts";

export interface Patience {
  /** Milliseconds, from the first refusal on, after which a refusal counts. */
  readonly patienceMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Told of each refusal that is not the last word. */
  readonly delayed?: ((refusal: Refused) => void) | undefined;
}

/** Asks until the server answers, or refuses without a word of when to ask again. */
export async function patiently<T>(
  ask: () => Promise<T>,
  { patienceMs, signal, delayed }: Patience,
): Promise<T> {
  for (let since: number | undefined;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || error.retryAfter === undefined) throw error;
      const now = performance.now();
      since ??= now;
      if (now - since + error.retryAfter > patienceMs) throw error;
      delayed?.(error);
      await pause(error.retryAfter, signal);
    }
  }
}

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
