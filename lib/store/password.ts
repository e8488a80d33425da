/**
 * Password hashes, made and checked off the event loop.
 *
 * So many are worked on at once, each in a worker, and so many may wait in line: a flood of logins is refused instead of growing
 * without bound. Whose each is says the caller, and they take turns. To start a worker holds its caller up for some 30 ms, so one is
 * always kept ready, and others are started one by one as long as there is a line.
 */
import { FairLine } from "./fair_line.ts";
import { WorkerClient } from "./worker_client.ts";

/** Too many passwords wait already, or no more are taken; try again in a moment. */
export class PasswordQueueFull extends Error {
  override readonly name = "PasswordQueueFull";
}

/** Passwords are given in their one form, as `checkPassword` returns them; `whose` says who waits for it, such as an address. */
export interface PasswordHasher {
  /** Whether the next password would be worked on at once. */
  readonly idle: boolean;
  /** The encoded argon2id hash of a password, with its parameters and a random salt (PHC string format). */
  hash(password: string, whose?: string): Promise<string>;
  verify(password: string, encoded: string, whose?: string): Promise<boolean>;
  /** Takes the time of {@linkcode verify} and is never right: for accounts that do not exist. */
  verifyNothing(password: string, whose?: string): Promise<false>;
  /** Passwords that wait for a worker. */
  readonly waiting: number;
  /** Rejects what is under way or waiting. */
  close(): void;
}

export interface PasswordHasherOptions {
  /** Passwords worked on at once; default 2, or 1 on a machine with one core. */
  readonly workers?: number;
  /** Passwords that may wait; default 256. */
  readonly queue?: number;
}

/** Workers that nobody has needed for so long are ended, and a fresh one is kept: a used one takes some 20 MB more. */
const IDLE_MS = 5000;

interface Job {
  readonly method: "hash" | "verify";
  readonly args: readonly string[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { workers = Math.min(2, navigator.hardwareConcurrency), queue = 256 } = options;
  const waiting = new FairLine<Job>(queue);
  const idle: WorkerClient[] = [startWorker()];
  const busy = new Set<WorkerClient>();
  let retiring: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  /** One that is ready; one that has crashed meanwhile is left to go. */
  function ready(): WorkerClient | undefined {
    let worker;
    do worker = idle.pop(); while (worker && !worker.alive);
    return worker;
  }

  function call(whose: string, method: Job["method"], ...args: readonly string[]): Promise<unknown> {
    if (closed) return Promise.reject(new PasswordQueueFull("Cannot hash a password: the hasher is closed"));
    return new Promise((resolve, reject) => {
      const job = { method, args, resolve, reject };
      const worker = ready() ?? (busy.size === 0 ? startWorker() : undefined);
      if (worker) return void run(worker, job);
      const full = `Cannot hash a password: ${queue} wait already. Try again later`;
      waiting.add(whose, job)?.reject(new PasswordQueueFull(full));
    });
  }

  function startNext(): void {
    while (busy.size < workers) {
      const job = waiting.take();
      if (!job) return;
      void run(ready() ?? startWorker(), job);
    }
  }

  async function run(worker: WorkerClient, { method, args, resolve, reject }: Job): Promise<void> {
    busy.add(worker);
    try {
      resolve(await worker.call(method, ...args));
    } catch (error) {
      reject(error);
    }
    busy.delete(worker);
    // One that has crashed is left to go; the next job starts another.
    if (worker.alive) idle.push(worker);
    clearTimeout(retiring);
    if (!closed) retiring = setTimeout(retire, IDLE_MS);
    startNext();
  }

  function retire(): void {
    for (const worker of idle.splice(0)) worker.close();
    if (busy.size === 0) idle.push(startWorker());
  }

  return {
    get waiting() {
      return waiting.length;
    },
    get idle() {
      return idle.length > 0 || busy.size === 0;
    },
    hash: async (password, whose = "") => String(await call(whose, "hash", password)),
    verify: async (password, encoded, whose = "") => await call(whose, "verify", password, encoded) === true,
    verifyNothing: async (password, whose = "") => {
      await call(whose, "hash", password);
      return false;
    },
    close: () => {
      closed = true;
      clearTimeout(retiring);
      for (const { reject } of waiting.clear()) {
        reject(new PasswordQueueFull("Cannot hash a password: the hasher is closed"));
      }
      for (const worker of [...idle, ...busy]) worker.close();
    },
  };
}

function startWorker(): WorkerClient {
  const revive = ({ message }: { readonly message: string }) => new Error(message);
  return new WorkerClient(new URL("./password_worker.ts", import.meta.url), { revive });
}
