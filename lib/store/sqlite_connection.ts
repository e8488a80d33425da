/** The embedded database's own business: opening, migrating, statements kept prepared, and transactions. */
import { DatabaseSync, type StatementSync, type SupportedValueType } from "node:sqlite";
import { OwnerLock } from "./owner_lock.ts";
import { migrateSqlite } from "./sqlite_migrate.ts";

/**
 * What a power cut may take. `full`: nothing that was acknowledged, for a flush of the disk with every transaction.
 * `normal`: the last moments. A crash of the server takes nothing either way.
 */
export type Durability = "full" | "normal";

/** How long a statement waits for another process, which only ever reads. */
const BUSY_MS = 2000;
/** The write-ahead log is folded into the database whenever it has grown to so many pages of 4 KiB. */
const CHECKPOINT_PAGES = 4000;
/** What a burst has left of the log is given back down to this size, in bytes. */
const LOG_BYTES = 64 * 1024 * 1024;

export class SqliteConnection {
  readonly #durability: Durability;
  readonly #lock: OwnerLock;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens and migrates; throws "database is locked" when another process has it. */
  constructor(file: string, durability: Durability) {
    this.#durability = durability;
    this.#lock = new OwnerLock(file);
    try {
      this.#db = new DatabaseSync(file);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw error;
    }
    try {
      this.#db.exec(`
        PRAGMA busy_timeout = ${BUSY_MS};
        PRAGMA journal_mode = WAL;
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${LOG_BYTES};
        PRAGMA foreign_keys = ON;
      `);
      this.#setDurability();
      this.transaction(() => migrateSqlite(this.#db));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** How many rows it changed. */
  run(sql: string, ...values: SupportedValueType[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** The rows, of which the caller knows what the statement makes them. */
  all<Row>(sql: string, ...values: SupportedValueType[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  /** Does all of `work` or nothing. */
  transaction<T>(work: () => T): T {
    this.run("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (error) {
      try {
        this.#db.exec("ROLLBACK");
      } catch { /* A full disk has rolled back by itself already. */ }
      throw error;
    }
  }

  /** A transaction after which nothing of what it deleted is left in the file or its log: it is overwritten, and slower. */
  erasing<T>(work: () => T): T {
    this.#db.exec("PRAGMA secure_delete = ON");
    let result: T;
    try {
      result = this.transaction(work);
    } finally {
      this.#db.exec("PRAGMA secure_delete = OFF");
    }
    try {
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch { /* It is committed all the same; the log is folded in another time. */ }
    return result;
  }

  /** A transaction that no flush of the disk is spent on, for which others would have to wait: a power cut may take it. */
  hurriedly<T>(work: () => T): T {
    this.#db.exec("PRAGMA synchronous = NORMAL");
    try {
      return this.transaction(work);
    } finally {
      this.#setDurability();
    }
  }

  close(): void {
    this.#db.close();
    this.#lock[Symbol.dispose]();
  }

  #setDurability(): void {
    this.#db.exec(`PRAGMA synchronous = ${this.#durability === "full" ? "FULL" : "NORMAL"}`);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}
