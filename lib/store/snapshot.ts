/**
 * A database as it is at one moment, read while servers go on writing: for backups and for whatever is to be written out of it.
 *
 * Nothing is changed by it, not even tables that an older server has left: they are read as they are.
 */
import type { Post, RoomId } from "../chat/types.ts";
import { MIGRATIONS, pendingMigrations } from "./migrations.ts";
import { openMysqlSnapshot } from "./mysql_snapshot.ts";
import { postOf, type PostRow } from "./rows.ts";
import { openSqliteSnapshot } from "./sqlite_snapshot.ts";
import type { Row, Where } from "./tables.ts";

export interface Snapshot extends AsyncDisposable {
  /** The version of the tables. */
  readonly version: number;
  /** A table's rows in the order of its primary key, some at a time. */
  rows(table: string, where?: Where): AsyncIterable<readonly Row[]>;
}

/** Rejects with a sentence when there is no such database, or a newer server has used it. */
export async function openSnapshot(url: string): Promise<Snapshot> {
  const file = /^sqlite:(.+)$/s.exec(url)?.[1];
  const snapshot = file === undefined ? await openMysqlSnapshot(url) : openSqliteSnapshot(file);
  try {
    pendingMigrations(snapshot.version);
    return snapshot;
  } catch (error) {
    await snapshot[Symbol.asyncDispose]();
    throw error;
  }
}

/** The posts of a room after a number, some at a time. Rejects when the tables are older than this program. */
export async function* postsOf(
  snapshot: Snapshot,
  room: RoomId,
  { after = 0, account }: { readonly after?: number; readonly account?: number } = {},
): AsyncGenerator<readonly Post[]> {
  requireNewest(snapshot);
  const equals = account === undefined ? { room } : { room, account };
  for await (const rows of snapshot.rows("chat_post", { equals, above: { seq: after } })) {
    yield rows.map((row) => postOf(row as unknown as PostRow));
  }
}

export function requireNewest({ version }: Snapshot): void {
  if (version === MIGRATIONS.length) return;
  throw new Error(
    `Cannot read the database: its tables have version ${version}, and this program reads ${MIGRATIONS.length}. ` +
      "Start the server once, which brings them up to date",
  );
}
