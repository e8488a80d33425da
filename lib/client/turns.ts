/**
 * Questions that keep their order although many are under way and some are put off. Once one is put off nothing new is asked;
 * when all that was under way has been answered, and the time has passed that the server named, what was put off is asked
 * again in the order in which it was first asked, and then what has come since.
 */
import { Refused } from "./failure.ts";
import { pause } from "./patience.ts";

interface Waiting {
  readonly turn: number;
  readonly go: () => void;
}

export interface TurnsOptions {
  /** Milliseconds without any answer but "later" after which that counts. */
  readonly patienceMs: number;
}

export class Turns {
  readonly #patienceMs: number;
  #turns = 0;
  #underWay = 0;
  #waiting: Waiting[] = [];
  /** When something was last answered, and until when nothing is asked; monotonic milliseconds. */
  #answeredAt = performance.now();
  #shutUntil = 0;
  #opening = false;

  constructor({ patienceMs }: TurnsOptions) {
    this.#patienceMs = patienceMs;
  }

  /** Asks, and again as often as the server puts it off; `ask` must not wait for that itself. */
  async take<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.#turns++;
    if (this.#turns === 1) this.#answeredAt = performance.now();
    for (;;) {
      if (this.#isShut) await new Promise<void>((go) => this.#waiting.push({ turn, go }));
      this.#underWay++;
      try {
        const answer = await ask();
        this.#answeredAt = performance.now();
        return answer;
      } catch (error) {
        if (!(error instanceof Refused) || error.retryAfter === undefined) throw error;
        const now = performance.now();
        if (now - this.#answeredAt + error.retryAfter > this.#patienceMs) throw error;
        this.#shutUntil = Math.max(this.#shutUntil, now + error.retryAfter);
      } finally {
        this.#underWay--;
        void this.#open();
      }
    }
  }

  get #isShut(): boolean {
    return this.#waiting.length > 0 || this.#opening || performance.now() < this.#shutUntil;
  }

  /** Lets those go on that wait, once it is time. */
  async #open(): Promise<void> {
    if (this.#underWay > 0 || this.#opening) return;
    this.#opening = true;
    // Whoever has just been put off comes to wait first.
    await Promise.resolve();
    for (let rest = this.#shutUntil - performance.now(); rest > 0; rest = this.#shutUntil - performance.now()) {
      await pause(rest);
    }
    this.#opening = false;
    const waiting = this.#waiting.toSorted((a, b) => a.turn - b.turn);
    this.#waiting = [];
    for (const { go } of waiting) go();
  }
}
