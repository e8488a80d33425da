/**
 * Writing behind whoever brings the bytes: while one buffer is being written the next one is filled, and all that is in it by then
 * goes out in one piece. Waiting for the disk with every piece would cost more than the pieces.
 */

/** Bytes of each of the two buffers, and so the most that one piece may have. */
export const WRITE_BEHIND_BYTES = 512 * 1024;

/** Buffers that nobody is using: whoever has nothing to write has none, and so many wait for who has next. */
const free: Uint8Array[] = [];
const MAX_FREE = 4;
const release = (buffer: Uint8Array | undefined) => {
  if (buffer && free.length < MAX_FREE) free.push(buffer);
};

export class WriteBehind {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #filling: Uint8Array | undefined;
  #spare: Uint8Array | undefined;
  #filled = 0;
  #piece = Promise.resolve();
  #writing: Promise<void> | undefined;

  /** `write` is called with one piece after the other, whose bytes are its own until it resolves. It must not reject. */
  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Whether everything has been written. */
  get isIdle(): boolean {
    return this.#writing === undefined;
  }

  /** Takes a copy; resolves when there was room for it. */
  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    while (this.#filled + bytes.length > WRITE_BEHIND_BYTES) await this.#piece;
    this.#filling ??= free.pop() ?? new Uint8Array(WRITE_BEHIND_BYTES);
    this.#filling.set(bytes, this.#filled);
    this.#filled += bytes.length;
    this.#writing ??= this.#run();
  }

  /** Resolves when everything has been written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #run(): Promise<void> {
    while (this.#filling && this.#filled > 0) {
      const bytes = this.#filling.subarray(0, this.#filled);
      [this.#filling, this.#spare] = [this.#spare, this.#filling];
      this.#filled = 0;
      this.#piece = this.#write(bytes);
      await this.#piece;
    }
    this.#writing = undefined;
    release(this.#filling);
    release(this.#spare);
    this.#filling = this.#spare = undefined;
  }
}
