/**
 * Turns for those who may come in great numbers at once, as everybody does after a restart: so many of them are dealt with in one
 * turn of the event loop, and what others say in between is not held up by the rest.
 */
import { setImmediate } from "node:timers";

/** Those who come cost a tenth of a millisecond each, and who talks waits for a few turns until everybody has it. */
const EACH = 16;
/** Milliseconds after which it is another turn in any case. */
const TURN_MS = 20;

export class Turns {
  readonly #each: number;
  readonly #waiting: (() => void)[] = [];
  /** Taken since then. */
  #taken = 0;
  #since = -Infinity;

  /** `each` is how many there are in one turn of the event loop. */
  constructor(each = EACH) {
    this.#each = each;
  }

  /** Nothing when there is a turn now, or a promise that resolves when there is. */
  take(): void | Promise<void> {
    if (this.#waiting.length === 0) {
      const now = performance.now();
      if (now - this.#since > TURN_MS) this.#begin(now, 0);
      if (this.#taken < this.#each) return void this.#taken++;
      setImmediate(() => this.#next());
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #next(): void {
    const next = this.#waiting.splice(0, this.#each);
    this.#begin(performance.now(), next.length);
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
    for (const begin of next) begin();
  }

  #begin(now: number, taken: number): void {
    this.#since = now;
    this.#taken = taken;
  }
}
