/** An embedded database as it is at one moment: a transaction that reads, beside whatever a server writes meanwhile. */
import { DatabaseSync } from "node:sqlite";
import { SELECT_VERSION } from "./migrations.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Column, conditionsOf, isDerived, keyOf, type Row, selectRows, type Where } from "./tables.ts";

const BUSY_MS = 5000;
/** Rows that are handed on together. */
const ROWS = 500;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Throws with a sentence when the file is not there or is no database of ours. */
export function openSqliteSnapshot(file: string): Snapshot {
  let db: DatabaseSync | undefined;
  try {
    if (!Deno.statSync(file).isFile) throw new Error("it is not a file");
    const opened = db = new DatabaseSync(file, { readOnly: true });
    // What is deferred begins with the first statement that reads.
    opened.exec(`PRAGMA busy_timeout = ${BUSY_MS}; BEGIN`);
    const row = opened.prepare(SELECT_VERSION).get() as { readonly version: number | null };
    return {
      version: row.version ?? 0,
      rows: (table, where) => rowsOf(opened, table, where),
      [Symbol.asyncDispose]: () => {
        opened.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    db?.close();
    throw new Error(`Cannot read ${file}: ${whyNot(error)}`, { cause: error });
  }
}

export function sqliteColumns(db: DatabaseSync, table: string): readonly Column[] {
  const columns = db.prepare("SELECT name, type, pk FROM pragma_table_info(?)").all(table) as unknown as readonly {
    readonly name: string;
    readonly type: string;
    readonly pk: number;
  }[];
  return columns.map(({ name, type, pk }) => ({ name, isText: type === "TEXT", key: pk }));
}

/** Page by page: an iterator over a statement crashes Deno 2.4.2. */
async function* rowsOf(db: DatabaseSync, table: string, what: Where = {}): AsyncGenerator<readonly Row[]> {
  const columns = sqliteColumns(db, table).filter(({ name }) => !isDerived(table, name));
  const texts = columns.filter(({ isText }) => isText).map(({ name }) => name);
  const key = keyOf(columns);
  const { where, values } = conditionsOf(what);
  // node:sqlite reads a string only up to its first NUL; as bytes all of it, but more slowly.
  const read = ({ name, isText }: Column) =>
    isText ? `CASE WHEN INSTR(${name}, CHAR(0)) > 0 THEN CAST(${name} AS BLOB) ELSE ${name} END` : name;
  const select = (more: readonly string[]) =>
    db.prepare(`${selectRows(table, columns, { where: [...where, ...more], read })} LIMIT ${ROWS}`);
  // Behind a row come those that are equal to it in all of the key but its last column, then those in less of it: SQLite would
  // not find its way to "greater than a row" in an index.
  const behind = key.map((name, depth) => select([...key.slice(0, depth).map((name) => `${name} = ?`), `${name} > ?`]));
  const first = select([]);
  let last: Row | undefined;
  for (let depth = key.length - 1; depth >= 0;) {
    const place = key.slice(0, depth + 1).map((name) => last?.[name] ?? null);
    const found = last ? behind[depth]?.all(...values, ...place) ?? [] : first.all(...values);
    const rows = found.map((row) => decoded(row as Record<string, Value | Uint8Array>, texts));
    if (rows.length > 0) yield rows;
    else if (!last) return;
    last = rows.at(-1) ?? last;
    depth = rows.length > 0 ? key.length - 1 : depth - 1;
  }
}

type Value = Row[string];

function decoded(row: Record<string, Value | Uint8Array>, texts: readonly string[]): Row {
  for (const name of texts) {
    const bytes = row[name];
    if (bytes instanceof Uint8Array) row[name] = utf8.decode(bytes);
  }
  return { ...row } as Row;
}

function whyNot(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  const message = error instanceof Error ? error.message : String(error);
  return /no such table/.test(message) ? "no chat server has used it" : message;
}
