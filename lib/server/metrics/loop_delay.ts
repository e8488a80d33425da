/** How long the event loop keeps a timer waiting: by how much every one of them is late, one after the other. */
import type { Distribution } from "../distribution.ts";

const PERIOD_MS = 250;

export class LoopDelay implements Disposable {
  readonly #seconds: Distribution;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Notes the delays in `seconds` until it is disposed of. */
  constructor(seconds: Distribution) {
    this.#seconds = seconds;
    this.#begin();
  }

  #begin(): void {
    const due = performance.now() + PERIOD_MS;
    this.#timer = setTimeout(() => {
      this.#seconds.note(Math.max(0, performance.now() - due) / 1000);
      this.#begin();
    }, PERIOD_MS);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
