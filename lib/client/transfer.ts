/** What sending and fetching a file have in common. */

/** Told as a transfer goes on: bytes done, of how many. */
export type Progress = (done: number, total: number) => void;

export interface TransferOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Something that changes now and then, and that one loop waits for. */
export class Change {
  #next = Promise.withResolvers<void>();

  get next(): Promise<void> {
    return this.#next.promise;
  }

  notify(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers<void>();
  }
}
