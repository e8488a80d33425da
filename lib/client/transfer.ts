/** What sending and fetching a file have in common. */
import type { Wire } from "./wire.ts";

/** Told as a transfer goes on: bytes done, of how many. */
export type Progress = (done: number, total: number) => void;

export interface TransferOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

export interface AttemptOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes have come; whatever it rejects with ends the transfer. */
  readonly chunk?: (bytes: Uint8Array) => Promise<void>;
  readonly acknowledged?: (offset: number) => void;
}

/** One try at a transfer, over one connection: its stream from open to closed, and what goes wrong meanwhile. */
export class Attempt implements AsyncDisposable {
  readonly stream: number;
  readonly #wire: Wire;
  readonly #options: AttemptOptions;
  readonly #cancel = () => this.#fail(new Cancelled("The transfer was cancelled."));
  #changed = Promise.withResolvers<void>();
  #failure: Error | undefined;
  #receiving: Promise<void> = Promise.resolve();
  #completed = false;

  constructor(wire: Wire, options: AttemptOptions) {
    this.#wire = wire;
    this.#options = options;
    this.stream = wire.openStream({
      chunk: (bytes) => this.#receiving = this.#receive(bytes),
      acknowledged: (offset) => {
        options.acknowledged?.(offset);
        this.#change();
      },
      failed: (error) => this.#fail(error),
    });
    options.signal?.addEventListener("abort", this.#cancel);
    if (options.signal?.aborted) this.#cancel();
  }

  /** Resolves when the condition holds, looked at whenever something has come; rejects with what went wrong. */
  async until(condition: () => boolean): Promise<void> {
    while (!this.#failure && !condition()) await this.#changed.promise;
    if (this.#failure) throw this.#failure;
  }

  /** Nothing is left to be cancelled. */
  complete(): void {
    this.#completed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#cancel);
    if (!this.#completed) this.#wire.say({ op: "cancel", stream: this.stream });
    this.#wire.closeStream(this.stream);
    // Whoever tries again must not find a write of this try still under way.
    await this.#receiving;
  }

  async #receive(bytes: Uint8Array): Promise<void> {
    if (this.#failure) return;
    try {
      await this.#options.chunk?.(bytes);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#change();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
