/** A look at a MySQL database before a server uses it: nothing is changed. */
import { createConnection } from "mysql2/promise";
import { MIGRATIONS, SELECT_VERSION } from "./migrations.ts";
import { explain, isMissingTable, isUnknownDatabase } from "./mysql_errors.ts";
import { MysqlSession } from "./mysql_session.ts";
import { connectionOptions, parseMysqlUrl } from "./mysql_url.ts";

export interface MysqlState {
  /** As the server says it, such as `10.11.6-MariaDB`. */
  readonly server: string;
  readonly database: string;
  /** Whether the database is there. */
  readonly exists: boolean;
  /** Rights that the user lacks there, of those that the server needs. */
  readonly missing: readonly string[];
  /** Our tables whose characters are not utf8mb4. */
  readonly narrow: readonly string[];
  /** The version of our tables, 0 before the first start, and the newest that this program knows. */
  readonly tables: number;
  readonly known: number;
  /** Milliseconds by which its clock is ahead of ours. */
  readonly ahead: number;
  /** Bytes that one statement may have. */
  readonly packet: number;
}

/** To make the tables, change them, and use them. */
const RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX", "REFERENCES"];

/** What the user may do everywhere, or in a database of that name: names of databases are patterns there. */
const SELECT_RIGHTS = `SELECT privilege_type AS name FROM information_schema.user_privileges WHERE grantee = @me
  UNION SELECT privilege_type AS name FROM information_schema.schema_privileges WHERE grantee = @me AND ? LIKE table_schema`;
const SET_ME = `SET @me = CONCAT("'", SUBSTRING_INDEX(CURRENT_USER(), '@', 1), "'@'",
  SUBSTRING_INDEX(CURRENT_USER(), '@', -1), "'")`;

/** Rejects with a sentence, in which there is no password, when it cannot be reached. */
export async function inspectMysql(url: string): Promise<MysqlState> {
  const target = parseMysqlUrl(url);
  const { database } = target;
  const { database: _, ...options } = connectionOptions(target);
  let connection;
  try {
    connection = await createConnection(options);
    connection.on("error", () => {});
    const session = new MysqlSession(connection);
    await session.plain(SET_ME);
    const [about] = await session.rows<{ server: string; at: number; packet: number }>(
      "SELECT VERSION() AS server, UNIX_TIMESTAMP(NOW(3)) * 1000 AS at, @@max_allowed_packet AS packet",
    );
    const rights = new Set((await session.rows<{ name: string }>(SELECT_RIGHTS, [database])).map(({ name }) => name));
    const found = await session.rows(
      "SELECT 1 FROM information_schema.schemata WHERE schema_name = ?",
      [database],
    );
    const narrow = await session.rows<{ name: string }>(
      "SELECT DISTINCT table_name AS name FROM information_schema.columns WHERE table_schema = ?" +
        " AND table_name LIKE 'chat\\_%' AND character_set_name NOT IN ('utf8mb4', 'ascii')",
      [database],
    );
    return {
      server: about?.server ?? "",
      database,
      exists: found.length > 0,
      missing: RIGHTS.filter((right) => !rights.has(right)),
      narrow: narrow.map(({ name }) => name),
      tables: found.length > 0 ? await tableVersion(session, database) : 0,
      known: MIGRATIONS.length,
      ahead: Number(about?.at ?? 0) - Date.now(),
      packet: Number(about?.packet ?? 0),
    };
  } catch (error) {
    throw new Error(explain(error, target), { cause: error });
  } finally {
    await connection?.end().catch(() => {});
  }
}

async function tableVersion(session: MysqlSession, database: string): Promise<number> {
  try {
    await session.plain(`USE \`${database.replaceAll("`", "``")}\``);
    const [row] = await session.rows<{ version: number | null }>(SELECT_VERSION);
    return row?.version ?? 0;
  } catch (error) {
    if (isMissingTable(error) || isUnknownDatabase(error)) return 0;
    throw error;
  }
}
