/** Filling an empty embedded database, in one transaction. */
import { DatabaseSync } from "node:sqlite";
import { dirname } from "node:path";
import { MIGRATIONS } from "./migrations.ts";
import { createPrivately, OwnerLock } from "./owner_lock.ts";
import type { Refill } from "./refill.ts";
import { migrateSqlite } from "./sqlite_migrate.ts";
import { sqliteColumns } from "./sqlite_snapshot.ts";
import { columnsIn, NotEmpty, type Row, SQLITE_AFTERWARDS, tablesOf } from "./tables.ts";

/** Room for the indexes of a million posts, which would otherwise be read and written again and again; in KiB. */
const CACHE_KIB = 256 * 1024;

export function openSqliteRefill(file: string, version: number): Refill {
  const stack = new DisposableStack();
  try {
    Deno.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    createPrivately(file);
    stack.use(new OwnerLock(file));
    const db = stack.adopt(new DatabaseSync(file), (opened) => opened.close());
    // Pages behind the end of an empty file need no journal. The server makes a write-ahead log of it again.
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE`);
    removeEmptyTables(db);
    migrateSqlite(db, version);
    return new SqliteRefill(db, { version, close: () => stack.dispose() });
  } catch (error) {
    stack.dispose();
    if (error instanceof NotEmpty) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const why = /locked/.test(message) ? "a server is using it" : message;
    throw new Error(`Cannot fill ${file}: ${why}`, { cause: error });
  }
}

class SqliteRefill implements Refill {
  readonly #db: DatabaseSync;
  readonly #version: number;
  readonly #close: () => void;

  constructor(db: DatabaseSync, { version, close }: { readonly version: number; readonly close: () => void }) {
    this.#db = db;
    this.#version = version;
    this.#close = close;
  }

  insert(table: string, rows: readonly Row[]): Promise<void> {
    return promised(() => {
      const [first] = rows;
      if (!first) return;
      const names = columnsIn(table, first, sqliteColumns(this.#db, table));
      const places = names.map(() => "?").join(", ");
      const statement = this.#db.prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`);
      for (const row of rows) statement.run(...names.map((name) => row[name] ?? null));
    });
  }

  commit(): Promise<void> {
    return promised(() => {
      for (const { version, sql } of SQLITE_AFTERWARDS) if (version <= this.#version) this.#db.exec(sql);
      const broken = this.#db.prepare("PRAGMA foreign_key_check").all();
      if (broken.length > 0) {
        throw new Error(`Cannot fill the database: ${broken.length} rows refer to what is not there`);
      }
      migrateSqlite(this.#db);
      this.#db.exec("COMMIT");
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    // What was not committed is rolled back.
    this.#close();
    return Promise.resolve();
  }
}

/** An exception becomes a rejection. */
const promised = (work: () => void): Promise<void> => new Promise((resolve) => resolve(work()));

/** So that the tables of another version can be made. Throws when one of them has anything in it. */
function removeEmptyTables(db: DatabaseSync): void {
  const has = (table: string) =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
  const tables = tablesOf(MIGRATIONS.length).filter(has);
  const full = tables.find((table) => db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined);
  if (full !== undefined) throw new NotEmpty(full);
  for (const table of [...tables.toReversed(), "chat_search", "chat_migration"].filter(has)) {
    db.exec(`DROP TABLE ${table}`);
  }
}
