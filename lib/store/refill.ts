/**
 * Filling an empty database with the rows of another one.
 *
 * The tables are made as they were in the version that the rows come from, and brought up to date with the rows in them: so
 * whatever a migration does to old rows it does to these. All of it happens or nothing; no server may have the database
 * meanwhile.
 */
import { openMysqlRefill } from "./mysql_refill.ts";
import { openSqliteRefill } from "./sqlite_refill.ts";
import type { Row } from "./tables.ts";

export interface Refill extends AsyncDisposable {
  /** Rows with the same columns. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
  /** Keeps what was inserted. Without it nothing of that is there in the end. */
  commit(): Promise<void>;
}

/** Makes the tables of a version. Rejects with a sentence when the database is in use, or has anything in it. */
export async function openRefill(url: string, version: number): Promise<Refill> {
  const file = /^sqlite:(.+)$/s.exec(url)?.[1];
  return file === undefined ? await openMysqlRefill(url, version) : openSqliteRefill(file, version);
}
