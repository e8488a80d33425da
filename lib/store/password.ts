/**
 * Password hashes, made and checked off the event loop.
 *
 * At most {@linkcode PasswordHasherOptions.workers} are worked on at once and so many may wait: a flood of logins is refused
 * instead of growing without bound. Workers start when they are first needed.
 */
import { WorkerClient } from "./worker_client.ts";

/** Too many passwords wait already; try again in a moment. */
export class PasswordQueueFull extends Error {
  override readonly name = "PasswordQueueFull";
}

export interface PasswordHasher {
  /** The encoded argon2id hash of a password (PHC string format). */
  hash(password: string): Promise<string>;
  verify(password: string, encoded: string): Promise<boolean>;
  /** Takes the time of {@linkcode verify} and is never right: for accounts that do not exist. */
  verifyNothing(password: string): Promise<false>;
  close(): void;
}

export interface PasswordHasherOptions {
  /** Passwords worked on at once; default 2. */
  readonly workers?: number;
  /** Passwords that may wait; default 256. */
  readonly queue?: number;
}

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { workers = 2, queue = 256 } = options;
  const clients: WorkerClient[] = [];

  function call(method: string, ...args: readonly string[]): Promise<unknown> {
    const idle = clients.find((client) => client.pending === 0);
    if (idle) return idle.call(method, ...args);
    if (clients.length < workers) {
      const started = new WorkerClient(
        new URL("./password_worker.ts", import.meta.url),
        ({ message }) => new Error(message),
      );
      clients.push(started);
      return started.call(method, ...args);
    }
    const pending = clients.reduce((total, client) => total + client.pending, 0);
    if (pending >= workers + queue) {
      return Promise.reject(new PasswordQueueFull("Too many passwords are being checked"));
    }
    const [shortest] = clients.toSorted((a, b) => a.pending - b.pending);
    if (!shortest) return Promise.reject(new RangeError("Cannot hash: there is no worker"));
    return shortest.call(method, ...args);
  }

  return {
    hash: async (password) => String(await call("hash", password)),
    verify: async (password, encoded) => await call("verify", password, encoded) === true,
    verifyNothing: async (password) => {
      await call("hash", password);
      return false;
    },
    close: () => {
      for (const client of clients.splice(0)) client.close();
    },
  };
}
