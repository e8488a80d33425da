/** Brings a MySQL database's tables to the version that this program knows. */
import { CREATE_MIGRATION_TABLE, INSERT_VERSION, pendingMigrations, SELECT_VERSION } from "./migrations.ts";
import { isThereAlready } from "./mysql_errors.ts";
import type { MysqlSession } from "./mysql_session.ts";

/** Servers that start at the same time take turns. A lock is the whole server's, so its name has the database's in it. */
const LOCK = "CONCAT(LEFT(DATABASE(), 40), '.chat_migration')";
/** Seconds to wait for that turn: less than a statement may take. */
const LOCK_SECONDS = 5;

/**
 * Brings them to the newest version, or to another one. Rejects when a newer program has used the database. The lock ends with
 * the session.
 */
export async function migrate(session: MysqlSession, to?: number): Promise<void> {
  const [lock] = await session.rows<{ held: number | null }>(`SELECT GET_LOCK(${LOCK}, ${LOCK_SECONDS}) AS held`);
  if (lock?.held !== 1) throw new Error("another server has been changing the tables for long");
  await session.run(CREATE_MIGRATION_TABLE);
  const [row] = await session.rows<{ version: number | null }>(SELECT_VERSION);
  for (const { version, mysql } of pendingMigrations(row?.version ?? 0, to)) {
    for (const statement of mysql) await runAgain(session, statement);
    await session.run(INSERT_VERSION, [version, Date.now()]);
  }
}

/** A migration that was interrupted begins anew, with what it had done already. */
async function runAgain(session: MysqlSession, statement: string): Promise<void> {
  try {
    await session.run(statement);
  } catch (error) {
    if (!isThereAlready(error)) throw error;
  }
}
