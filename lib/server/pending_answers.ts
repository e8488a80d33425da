/** The answers that one connection has in the making, and how many there may be before it is read no further. */

const MAX_PENDING = 256;
/** Bytes of what they answer. */
const MAX_PENDING_BYTES = 1024 * 1024;

export class PendingAnswers {
  #count = 0;
  #bytes = 0;
  /** Resolved when the next one has been given; only while somebody waits for that. */
  #given: PromiseWithResolvers<void> | undefined;

  /** One to a question of so many bytes begins; every one of them must {@linkcode end}. */
  begin(bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
  }

  end(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    this.#given?.resolve();
    this.#given = undefined;
  }

  /** Nothing, or when there are too many a promise that resolves when there are fewer: the disk is to catch up first. */
  untilFewer(): void | Promise<void> {
    if (this.#tooMany()) return this.#while(() => this.#tooMany());
  }

  /** Resolves when those that there are have been given. */
  settled(): Promise<void> {
    return this.#while(() => this.#count > 0);
  }

  async #while(condition: () => boolean): Promise<void> {
    while (condition()) await (this.#given ??= Promise.withResolvers<void>()).promise;
  }

  #tooMany(): boolean {
    return this.#count >= MAX_PENDING || this.#bytes >= MAX_PENDING_BYTES;
  }
}
