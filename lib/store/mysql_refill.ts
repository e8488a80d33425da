/** Filling an empty MySQL database: its tables are made first, since that cannot be taken back; then all rows in one transaction. */
import { type Connection, createConnection, escapeId } from "mysql2/promise";
import { MIGRATIONS } from "./migrations.ts";
import { explain, isUnknownDatabase } from "./mysql_errors.ts";
import { takeMysqlLock } from "./mysql_lock.ts";
import { migrate } from "./mysql_migrate.ts";
import { MysqlSession } from "./mysql_session.ts";
import { mysqlColumns } from "./mysql_snapshot.ts";
import { connectionOptions, type MysqlTarget, parseMysqlUrl } from "./mysql_url.ts";
import type { Refill } from "./refill.ts";
import { type Column, columnsIn, NotEmpty, type Row, tablesOf } from "./tables.ts";

/** UTF-16 units in one statement: at most 768 KiB of UTF-8, under the smallest usual `max_allowed_packet` of 1 MiB. */
const MAX_UNITS = 256 * 1024;

export async function openMysqlRefill(url: string, version: number): Promise<Refill> {
  const target = parseMysqlUrl(url);
  await using stack = new AsyncDisposableStack();
  try {
    // Should it be lost, the connection beside it is most likely, too; what is not committed is not there.
    stack.adopt(await takeMysqlLock(target, () => {}), (lock) => lock.release());
    const connection = stack.adopt(await connect(target), end);
    const session = new MysqlSession(connection);
    await session.begin();
    await removeEmptyTables(session);
    await migrate(session, version);
    await session.plain("SET SESSION foreign_key_checks = 0");
    await session.plain("START TRANSACTION");
    return new MysqlRefill(connection, stack.move());
  } catch (error) {
    if (error instanceof NotEmpty) throw error;
    throw new Error(`Cannot fill the database: ${explain(error, target)}`, { cause: error });
  }
}

class MysqlRefill implements Refill {
  readonly #connection: Connection;
  readonly #session: MysqlSession;
  readonly #owned: AsyncDisposableStack;
  readonly #columns = new Map<string, readonly Column[]>();

  constructor(connection: Connection, owned: AsyncDisposableStack) {
    this.#connection = connection;
    this.#session = new MysqlSession(connection);
    this.#owned = owned;
  }

  async insert(table: string, rows: readonly Row[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const known = this.#columns.get(table) ?? await mysqlColumns(this.#session, table);
    this.#columns.set(table, known);
    const names = columnsIn(table, first, known);
    const sql = `INSERT INTO ${table} (${names.map((name) => escapeId(name)).join(", ")}) VALUES ?`;
    for (const some of portions(rows.map((row) => names.map((name) => row[name] ?? null)))) {
      // The library escapes the values, of which there are another number each time.
      await this.#connection.query(sql, [some]);
    }
  }

  async commit(): Promise<void> {
    await this.#session.plain("COMMIT");
    await this.#session.plain("SET SESSION foreign_key_checks = 1");
    await migrate(this.#session);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

type Values = readonly (string | number | null)[];

/** Rows that fit into a statement; one at least, however long it is. */
function* portions(rows: readonly Values[]): Generator<readonly Values[]> {
  let some: Values[] = [];
  let units = 0;
  for (const row of rows) {
    const size = row.reduce<number>((sum, value) => sum + String(value).length, 0);
    if (some.length > 0 && units + size > MAX_UNITS) {
      yield some;
      some = [];
      units = 0;
    }
    some.push(row);
    units += size;
  }
  if (some.length > 0) yield some;
}

/** Connects; the database is made when it is missing. */
async function connect(target: MysqlTarget): Promise<Connection> {
  const options = connectionOptions(target);
  try {
    return await createConnection(options);
  } catch (error) {
    if (!isUnknownDatabase(error)) throw error;
  }
  const { database, ...elsewhere } = options;
  const connection = await createConnection(elsewhere);
  const name = escapeId(database ?? "");
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  await connection.query(`USE ${name}`);
  return connection;
}

async function removeEmptyTables(session: MysqlSession): Promise<void> {
  const found = await session.rows<{ readonly name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
  );
  const tables = tablesOf(MIGRATIONS.length).filter((table) => found.some(({ name }) => name === table));
  for (const table of tables) {
    const rows = await session.rows(`SELECT 1 AS one FROM ${table} LIMIT 1`);
    if (rows.length > 0) throw new NotEmpty(table);
  }
  for (const table of [...tables.toReversed(), "chat_migration"]) await session.plain(`DROP TABLE IF EXISTS ${table}`);
}

/** Its socket closes a turn later. */
async function end(connection: Connection): Promise<void> {
  connection.destroy();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
