/**
 * The operator's way into a running server: a Unix socket in the data folder that its owner alone can open.
 *
 * It is bound in a folder that nobody else can enter and moved into place, so that at no moment another user could open it, and
 * so that it takes the place of one that a crash has left. One that somebody answers at is another server's, on the same data.
 */
import { join } from "node:path";
import { readLines } from "../../net/read_lines.ts";
import { StoreUnavailable } from "../../store/store.ts";
import { ADMIN_SOCKET, type AdminAnswer, MAX_ADMIN_LINE, Refusal, type Row } from "./admin_protocol.ts";
import { type Log, reasonOf } from "../log.ts";

export type AdminRows = AsyncIterable<Row> | Iterable<Row>;

export interface AdminSocketOptions {
  /** Does what a request asks for; throws a {@linkcode Refusal} when it cannot be done. */
  readonly answer: (request: unknown) => AdminRows | Promise<AdminRows>;
  readonly log: Log;
}

/** Throws a sentence when another server is running on the same data. */
export async function refuseSecondServer(folder: string): Promise<void> {
  const path = join(folder, ADMIN_SOCKET);
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch {
    // Nobody has been here, or somebody who crashed.
    return;
  }
  throw new Error(`Cannot start: another server is running on ${folder}. Stop that one, or name another --data-dir.`);
}

export class AdminSocket implements AsyncDisposable {
  readonly #path: string;
  readonly #listener: Deno.UnixListener;
  readonly #options: AdminSocketOptions;
  readonly #connections = new Set<Deno.UnixConn>();
  readonly #work = new Set<Promise<void>>();

  private constructor(path: string, listener: Deno.UnixListener, options: AdminSocketOptions) {
    this.#path = path;
    this.#listener = listener;
    this.#options = options;
    this.#track(this.#accept());
  }

  /** Rejects with what the system says, as when the folder's path is too long for a socket. */
  static async open(folder: string, options: AdminSocketOptions): Promise<AdminSocket> {
    const path = join(folder, ADMIN_SOCKET);
    const hidden = await Deno.makeTempDir({ dir: folder, prefix: "." });
    try {
      const listener = Deno.listen({ transport: "unix", path: join(hidden, "s") });
      await Deno.chmod(join(hidden, "s"), 0o600);
      await Deno.rename(join(hidden, "s"), path);
      return new AdminSocket(path, listener, options);
    } finally {
      await Deno.remove(hidden, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path).catch(() => {});
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#work);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      this.#track(this.#serve(connection));
    }
  }

  async #serve(connection: Deno.UnixConn): Promise<void> {
    try {
      for await (const line of readLines(connection, { limit: MAX_ADMIN_LINE })) {
        for await (const answer of this.#answers(line)) await say(connection, answer);
      }
    } catch {
      // Whoever asked is gone, or is nobody who speaks like this.
    } finally {
      if (this.#connections.delete(connection)) {
        try {
          connection.close();
        } catch { /* It was closed at the end of the server. */ }
      }
    }
  }

  async *#answers(line: string): AsyncGenerator<AdminAnswer> {
    try {
      for await (const row of await this.#options.answer(parse(line))) yield { row };
      yield { done: true };
    } catch (error) {
      yield { error: this.#explain(error) };
    }
  }

  #explain(error: unknown): { readonly code: string; readonly message: string } {
    if (error instanceof Refusal) return { code: error.code, message: error.message };
    if (error instanceof StoreUnavailable) return { code: "unavailable", message: `${error.message}.` };
    const reason = reasonOf(error);
    this.#options.log("admin-failed", { reason, stack: error instanceof Error ? error.stack : "" });
    return { code: "internal-error", message: `The server made a mistake: ${reason}.` };
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Refusal("bad-request", "A request is one line of JSON.");
  }
}

const encoder = new TextEncoder();

async function say(connection: Deno.UnixConn, answer: AdminAnswer): Promise<void> {
  const bytes = encoder.encode(`${JSON.stringify(answer)}\n`);
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}
