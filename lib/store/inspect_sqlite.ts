/** A look at an embedded database, also while a server uses it: nothing is changed. */
import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS, SELECT_VERSION } from "./migrations.ts";
import { OwnerLock } from "./owner_lock.ts";

export interface SqliteState {
  /** The version of our tables, and the newest that this program knows. */
  readonly tables: number;
  readonly known: number;
  /** When the last post was made; milliseconds since 1970-01-01 UTC. */
  readonly lastAt: number | undefined;
}

/** Nothing when there is no such file. Throws what SQLite says when it is no database of ours. */
export function inspectSqlite(file: string): SqliteState | undefined {
  if (!exists(file)) return undefined;
  // Whoever only reads leaves an empty log behind, unless there is one already: nobody but who has the file alone clears up.
  using lock = lockIfFree(file);
  const db = new DatabaseSync(file, { readOnly: lock === undefined });
  try {
    // Says why it cannot be read, which preparing a statement does not.
    db.exec("SELECT COUNT(*) FROM sqlite_schema");
    const version = db.prepare(SELECT_VERSION).get() as { readonly version: number | null };
    const last = db.prepare("SELECT MAX(at) AS at FROM chat_post WHERE seq = (SELECT MAX(head) FROM chat_room)").get();
    const at = (last as { readonly at: number | null } | undefined)?.at;
    return { tables: version.version ?? 0, known: MIGRATIONS.length, lastAt: at ?? undefined };
  } finally {
    db.close();
  }
}

function exists(file: string): boolean {
  try {
    Deno.statSync(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Nothing when somebody uses the database, or nobody ever has: a lock that we made would be ours and not the server's. */
function lockIfFree(file: string): OwnerLock | undefined {
  if (!exists(`${file}-lock`)) return undefined;
  try {
    return new OwnerLock(file);
  } catch {
    return undefined;
  }
}
