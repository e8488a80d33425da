/** Brings an embedded database's tables to the version that this program knows. */
import type { DatabaseSync } from "node:sqlite";
import { CREATE_MIGRATION_TABLE, INSERT_VERSION, pendingMigrations, SELECT_VERSION } from "./migrations.ts";

/** Within a transaction of the caller's; to the newest version, or to another one. Throws when a newer program has used it. */
export function migrateSqlite(db: DatabaseSync, to?: number): void {
  db.exec(CREATE_MIGRATION_TABLE);
  const row = db.prepare(SELECT_VERSION).get() as { readonly version: number | null } | undefined;
  for (const { version, sqlite } of pendingMigrations(row?.version ?? 0, to)) {
    for (const statement of sqlite) db.exec(statement);
    db.prepare(INSERT_VERSION).run(version, Date.now());
  }
}
