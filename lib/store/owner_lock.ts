/**
 * One process at a time has an embedded database: a second server would number posts that the first never shows to anybody.
 *
 * The lock is a file beside the database, locked by SQLite from the first access to the end of the process, however it ends.
 * It is not on the database itself, so that a backup may read that meanwhile.
 */
import { DatabaseSync } from "node:sqlite";

/** How long a starting server waits for one that is about to end. */
const BUSY_MS = 2000;

export class OwnerLock implements Disposable {
  readonly #db: DatabaseSync;

  /** Throws "database is locked" when another process has the database in `file`. */
  constructor(file: string) {
    const lock = `${file}-lock`;
    createPrivately(lock);
    this.#db = new DatabaseSync(lock);
    try {
      // Nothing is ever written, so the transaction needs no journal.
      this.#db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE`);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/**
 * Makes a file for its owner's eyes. One that is there is left alone, mode and all: to open and close it here would also drop
 * the lock that this process may have on it.
 */
export function createPrivately(file: string): void {
  try {
    Deno.openSync(file, { write: true, createNew: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
