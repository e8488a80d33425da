/**
 * Calls into a worker: each carries a number, and the answer with that number settles it.
 *
 * A worker that ends by an error rejects all that waits and all that comes: it holds state (a database) or is cheap to
 * replace (a hasher), and only its owner knows which.
 */

export interface CallMessage {
  readonly call: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type AnswerMessage =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly error: { readonly name: string; readonly message: string } };

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerClientOptions {
  /** Makes an exception of what the worker said of one. */
  readonly revive: (error: { readonly name: string; readonly message: string }) => Error;
  /** Called when the worker has ended by an error. */
  readonly crashed?: (error: Error) => void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #revive: WorkerClientOptions["revive"];
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #failure: Error | undefined;

  constructor(module: URL, { revive, crashed }: WorkerClientOptions) {
    this.#revive = revive;
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<AnswerMessage>) => this.#settle(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(`Cannot go on: the worker ended (${event.message})`);
      this.#fail(error);
      crashed?.(error);
    };
  }

  /** Whether it can still be called. */
  get alive(): boolean {
    return this.#failure === undefined;
  }

  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage({ call, method, args } satisfies CallMessage);
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#fail(new Error("Cannot call: the worker is closed"));
  }

  #settle(answer: AnswerMessage): void {
    const waiting = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if ("error" in answer) waiting?.reject(this.#revive(answer.error));
    else waiting?.resolve(answer.result);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
