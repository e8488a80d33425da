/**
 * MySQL's tables: an append-only list of migrations, each run once and in order.
 *
 * A version that has been released is never edited. A statement that defines a table cannot be rolled back here, so a
 * migration is a list of statements of which each may run twice: one that was cut off half-way is simply run again.
 * Everything is named `chat_…`: a table of the original program in the same database stays as it is.
 */
import type { MysqlSession } from "./mysql_session.ts";

const TABLE = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

export const MYSQL_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS chat_account (
      account INT NOT NULL PRIMARY KEY,
      name VARCHAR(80) NOT NULL,
      password_hash VARCHAR(255) NOT NULL,
      created_at BIGINT NOT NULL
    ) ${TABLE}`,
    `CREATE TABLE IF NOT EXISTS chat_token (
      hash CHAR(64) NOT NULL PRIMARY KEY,
      account INT NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      FOREIGN KEY (account) REFERENCES chat_account (account) ON DELETE CASCADE
    ) ${TABLE}`,
    `CREATE TABLE IF NOT EXISTS chat_room (
      room VARCHAR(64) NOT NULL PRIMARY KEY,
      head BIGINT NOT NULL
    ) ${TABLE}`,
    `CREATE TABLE IF NOT EXISTS chat_post (
      room VARCHAR(64) NOT NULL,
      seq BIGINT NOT NULL,
      id CHAR(36) NOT NULL UNIQUE,
      account INT NOT NULL,
      name VARCHAR(80) NOT NULL,
      at BIGINT NOT NULL,
      type VARCHAR(16) NOT NULL,
      text MEDIUMTEXT NULL,
      file_name VARCHAR(1024) NULL,
      file_size BIGINT NULL,
      file_sha256 CHAR(64) NULL,
      file_media VARCHAR(255) NULL,
      PRIMARY KEY (room, seq)
    ) ${TABLE}`,
  ],
];

/** Servers that start at the same time take turns. */
const LOCK = "chat_migration";
/** Seconds to wait for that turn: less than a statement may take. */
const LOCK_SECONDS = 5;

/** Brings the database to the version that this program knows; rejects when it is at a later one. */
export async function migrate(session: MysqlSession): Promise<void> {
  const [lock] = await session.rows("SELECT GET_LOCK(?, ?) AS held", [LOCK, LOCK_SECONDS]);
  if (lock?.held !== 1) throw new Error("another server is changing its tables");
  // The lock ends with the session at the latest.
  await session.run(
    `CREATE TABLE IF NOT EXISTS chat_migration (version INT NOT NULL PRIMARY KEY, at BIGINT NOT NULL) ${TABLE}`,
  );
  const [row] = await session.rows("SELECT COALESCE(MAX(version), 0) AS version FROM chat_migration");
  const version = Number(row?.version);
  if (version > MYSQL_MIGRATIONS.length) {
    throw new Error(`a newer server has used it (version ${version}); use that one`);
  }
  for (const [index, statements] of MYSQL_MIGRATIONS.entries()) {
    if (index < version) continue;
    for (const statement of statements) await session.run(statement);
    await session.run("INSERT INTO chat_migration (version, at) VALUES (?, ?)", [index + 1, Date.now()]);
  }
  await session.rows("SELECT RELEASE_LOCK(?) AS released", [LOCK]);
}
