/** The answers that one connection has in the making, and how many there may be before it is read no further. */

const MAX_PENDING = 256;
/** Bytes of what they answer. */
const MAX_PENDING_BYTES = 1024 * 1024;

export class PendingAnswers {
  readonly #answers = new Set<Promise<void>>();
  #bytes = 0;

  /** Adds one to a question of so many bytes. Waits for others while there are too many: the disk is to catch up first. */
  add(answer: Promise<void>, bytes: number): void | Promise<void> {
    this.#answers.add(answer);
    this.#bytes += bytes;
    answer.finally(() => {
      this.#answers.delete(answer);
      this.#bytes -= bytes;
    });
    if (this.#tooMany()) return this.#untilFewer();
  }

  /** Resolves when those that there are have been given. */
  async settled(): Promise<void> {
    await Promise.all(this.#answers);
  }

  #tooMany(): boolean {
    return this.#answers.size >= MAX_PENDING || this.#bytes >= MAX_PENDING_BYTES;
  }

  async #untilFewer(): Promise<void> {
    while (this.#tooMany()) await Promise.race(this.#answers);
  }
}
