/**
 * The way to a MySQL database that comes and goes.
 *
 * It is opened in the background and kept track of: `opening` until the first attempt has ended (calls wait for it), then
 * `open` or `away`. While it is away every call fails at once and only a probe, once a second, tries to get in; so an outage
 * costs neither a queue nor a wait. Each time it opens, tables are migrated and a new pool begins: a connection that was
 * held across an outage is never used again. A database that is newer than this program counts as away.
 */
import { createConnection, createPool, escapeId, type Pool, type PoolConnection } from "mysql2/promise";
import { Availability, type OnState } from "./availability.ts";
import { explain, isAway, isContention, isUnknownDatabase } from "./mysql_errors.ts";
import { DatabaseInUse, type MysqlLock, takeMysqlLock } from "./mysql_lock.ts";
import { migrate } from "./mysql_migrate.ts";
import { inTime, MysqlSession } from "./mysql_session.ts";
import { connectionOptions, type MysqlTarget } from "./mysql_url.ts";
import { StoreUnavailable } from "./store.ts";

const CONNECTIONS = 8;
const PROBE_MS = 1000;
/** Tries of a transaction that others are in the way of, and the most that each waits longer than the one before. */
const ATTEMPTS = 10;
const STEP_ASIDE_MS = 5;

type State =
  | { readonly status: "opening" }
  | { readonly status: "open"; readonly pool: Pool; readonly ready: WeakSet<object>; readonly lock?: MysqlLock }
  | { readonly status: "away"; readonly reason: string; readonly inUse?: boolean }
  | { readonly status: "closed" };

export interface MysqlDatabaseOptions {
  readonly onState?: OnState;
  /** Whether nobody else may have the database at the same time; while another server has it, it counts as away. */
  readonly alone?: boolean;
}

export class MysqlDatabase {
  readonly #target: MysqlTarget;
  readonly #availability: Availability;
  readonly #alone: boolean;
  #state: State = { status: "opening" };
  #attempt: Promise<void>;
  /** The last pool that was given up, with its lock. */
  #ending = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(target: MysqlTarget, { onState, alone = false }: MysqlDatabaseOptions) {
    this.#target = target;
    this.#availability = new Availability(onState);
    this.#alone = alone;
    this.#attempt = this.#open();
  }

  /** Why another server's use of the database keeps this one out, once the attempt under way has ended; else nothing. */
  async inUse(): Promise<string | undefined> {
    await this.#attempt;
    return this.#state.status === "away" && this.#state.inUse ? this.#state.reason : undefined;
  }

  /** Lends a connection to `work`. Rejects with {@linkcode StoreUnavailable} when the database is away or goes away. */
  async use<T>(work: (session: MysqlSession) => Promise<T>): Promise<T> {
    if (this.#state.status === "opening") await this.#attempt;
    const state = this.#state;
    if (state.status === "away") throw unavailable(state.reason);
    if (state.status !== "open") throw new Error("Cannot use the database: it is closed");

    let connection: PoolConnection | undefined;
    try {
      connection = await state.pool.getConnection();
      const session = new MysqlSession(connection);
      if (!state.ready.has(connection.connection)) {
        await session.begin();
        state.ready.add(connection.connection);
      }
      const result = await work(session);
      connection.release();
      return result;
    } catch (error) {
      // Another call may have found out first and closed the pool under this one.
      if (!isAway(error) && this.#state === state) {
        connection?.release();
        throw error;
      }
      connection?.destroy();
      const reason = explain(error, this.#target);
      if (this.#state === state) this.#lost(state, reason);
      throw unavailable(reason);
    }
  }

  /** Does all of `work` or nothing; begins again when another transaction is in the way, so `work` may run more than once. */
  async transaction<T>(
    work: (session: MysqlSession) => Promise<T>,
    { isPassing = isContention }: { readonly isPassing?: (error: unknown) => boolean } = {},
  ): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        return await this.use((session) => inTransaction(session, work));
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (attempt === ATTEMPTS) throw unavailable(explain(error, this.#target));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt * STEP_ASIDE_MS));
      }
    }
  }

  async close(): Promise<void> {
    const state = this.#state;
    if (state.status === "closed") return;
    this.#state = { status: "closed" };
    clearTimeout(this.#timer);
    await this.#attempt;
    await this.#ending;
    if (state.status === "open") await letGo(state);
  }

  /** One attempt to get in. Never rejects. */
  async #open(): Promise<void> {
    let state: Extract<State, { status: "open" | "away" }>;
    let lock: MysqlLock | undefined;
    try {
      // Before anything is touched: the lock needs no database yet.
      if (this.#alone) lock = await takeMysqlLock(this.#target, (error) => this.#lockLost(error));
      await this.#prepare();
      if (lock?.held === false) throw new Error("the connection that keeps other servers out was closed");
      const pool = createPool({ ...connectionOptions(this.#target), connectionLimit: CONNECTIONS });
      // The pool hears a connection's first error only, and one that nobody hears ends the process.
      pool.on("connection", (connection) => connection.on("error", () => {}));
      state = { status: "open", pool, ready: new WeakSet(), ...(lock ? { lock } : {}) };
    } catch (error) {
      await lock?.release();
      const reason = explain(error, this.#target);
      state = { status: "away", reason, inUse: error instanceof DatabaseInUse };
    }
    if (this.#state.status === "closed") {
      if (state.status === "open") await letGo(state);
      return;
    }
    this.#state = state;
    if (state.status === "open") return this.#availability.up();
    this.#availability.down(state.reason);
    this.#probe(PROBE_MS);
  }

  /** Makes the database when it is missing and brings its tables up to date. */
  async #prepare(): Promise<void> {
    const options = connectionOptions(this.#target);
    let connection;
    try {
      connection = await createConnection(options);
    } catch (error) {
      if (!isUnknownDatabase(error)) throw error;
      const { database: _, ...elsewhere } = options;
      connection = await createConnection(elsewhere);
    }
    // An error between two statements comes as an event, and shows at the next statement anyway.
    connection.on("error", () => {});
    try {
      const session = new MysqlSession(connection);
      const name = escapeId(this.#target.database);
      if (connection.config.database === undefined) {
        await session.plain(`CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
        await session.plain(`USE ${name}`);
      }
      await session.begin();
      await migrate(session);
      await inTime(connection.end());
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  #lockLost(error: unknown): void {
    if (this.#state.status === "open") this.#lost(this.#state, explain(error, this.#target));
  }

  #lost(state: Extract<State, { status: "open" }>, reason: string): void {
    this.#state = { status: "away", reason };
    this.#availability.down(reason);
    // At once, since the next attempt asks for it.
    this.#ending = Promise.all([state.lock?.release(), letGo(state)]).then(() => {});
    // A connection can be cut while the database is well: look at once.
    this.#probe(0);
  }

  #probe(delay: number): void {
    this.#timer = setTimeout(() => this.#attempt = this.#open(), delay);
  }
}

const unavailable = (reason: string) => new StoreUnavailable(`Cannot reach the database: ${reason}`);

async function inTransaction<T>(session: MysqlSession, work: (session: MysqlSession) => Promise<T>): Promise<T> {
  await session.plain("BEGIN");
  let result: T;
  try {
    result = await work(session);
  } catch (error) {
    if (!isAway(error)) await session.plain("ROLLBACK");
    throw error;
  }
  await session.plain("COMMIT");
  return result;
}

/** Resolves when its sockets are closed too, a turn of the event loop after the pool says so. Never rejects. */
async function letGo({ pool, lock }: Extract<State, { status: "open" }>): Promise<void> {
  try {
    await inTime(pool.end());
  } catch { /* A connection in it was dead, and is given up all the same. */ }
  // At last, when nothing of ours can come any more.
  await lock?.release();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
