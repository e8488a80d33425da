/**
 * A MySQL database as it is at one moment: a transaction with a consistent snapshot, whose rows are streamed, so that a room of
 * any size takes little memory here and there.
 */
import { type Connection, createConnection } from "mysql2";
import { SELECT_VERSION } from "./migrations.ts";
import { explain } from "./mysql_errors.ts";
import { MysqlSession } from "./mysql_session.ts";
import { connectionOptions, parseMysqlUrl } from "./mysql_url.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Column, conditionsOf, isDerived, type Row, selectRows, type Where } from "./tables.ts";

/** Rows that are handed on together. */
const ROWS = 500;

/** Rejects with a sentence when it cannot be reached or no server of ours has used it. */
export async function openMysqlSnapshot(url: string): Promise<Snapshot> {
  const target = parseMysqlUrl(url);
  let connection: Connection | undefined;
  try {
    const opened = connection = createConnection(connectionOptions(target));
    // An error between two statements comes as an event, and shows at the next statement anyway.
    opened.on("error", () => {});
    await opened.promise().connect();
    const session = new MysqlSession(opened.promise());
    await session.plain("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    await session.plain("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    const [row] = await session.rows<{ readonly version: number | null }>(SELECT_VERSION);
    return {
      version: row?.version ?? 0,
      rows: (table, where) => rowsOf(opened, table, where),
      [Symbol.asyncDispose]: () => end(opened),
    };
  } catch (error) {
    if (connection) await end(connection);
    throw new Error(`Cannot read the database: ${explain(error, target)}`, { cause: error });
  }
}

export async function mysqlColumns(session: MysqlSession, table: string): Promise<readonly Column[]> {
  const rows = await session.rows<{ readonly name: string; readonly type: string; readonly key_place: number | null }>(
    `SELECT c.COLUMN_NAME AS name, c.DATA_TYPE AS type, CAST(k.ORDINAL_POSITION AS SIGNED) AS key_place
    FROM information_schema.COLUMNS AS c LEFT JOIN information_schema.KEY_COLUMN_USAGE AS k
      ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME AND k.COLUMN_NAME = c.COLUMN_NAME
      AND k.CONSTRAINT_NAME = 'PRIMARY'
    WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = ? ORDER BY c.ORDINAL_POSITION`,
    [table],
  );
  return rows.map(({ name, type, key_place }) => ({ name, isText: /char|text/.test(type), key: key_place ?? 0 }));
}

async function* rowsOf(connection: Connection, table: string, what: Where = {}): AsyncGenerator<readonly Row[]> {
  const all = await mysqlColumns(new MysqlSession(connection.promise()), table);
  const columns = all.filter(({ name }) => !isDerived(table, name));
  const { where, values } = conditionsOf(what);
  const select = selectRows(table, columns, { where, read: ({ name }) => name });
  const stream = connection.query({ sql: select, values: [...values] }).stream({ highWaterMark: ROWS });
  let rows: Row[] = [];
  for await (const row of stream) {
    rows.push(row as Row);
    if (rows.length < ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** Its socket closes a turn later. */
async function end(connection: Connection): Promise<void> {
  connection.destroy();
  await new Promise((resolve) => setTimeout(resolve, 0));
}
