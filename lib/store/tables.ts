/**
 * Tables and rows as a backup has them: the same from both databases, so that what was taken from the one can be put into the
 * other.
 *
 * Which tables there are is read off the migrations, so that one that is added is in every backup from then on. What a database
 * makes of the others by itself is left out: how far the search index has come, and the index.
 */
import { MIGRATIONS } from "./migrations.ts";

/** A row by its columns. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Columns that one database has for itself alone. */
const DERIVED: Readonly<Record<string, readonly string[]>> = { chat_room: ["number", "indexed"] };

/** What an embedded database needs done once its rows have been put in. */
export const SQLITE_AFTERWARDS: readonly { readonly version: number; readonly sql: string }[] = [
  {
    version: 3,
    sql: "UPDATE chat_room SET number = (SELECT COUNT(*) FROM chat_room AS other WHERE other.room < chat_room.room)",
  },
];

/** The tables of a version, those first that others refer to. */
export function tablesOf(version: number): readonly string[] {
  const statements = MIGRATIONS.slice(0, version).flatMap(({ sqlite }) => sqlite);
  return statements.flatMap((sql) => /^\s*CREATE TABLE (?:IF NOT EXISTS )?(chat_\w+)/.exec(sql)?.[1] ?? []);
}

export const isDerived = (table: string, column: string): boolean => DERIVED[table]?.includes(column) ?? false;

export interface Column {
  readonly name: string;
  readonly isText: boolean;
  /** Its place in the primary key, from 1; 0 outside. */
  readonly key: number;
}

/** What to read of a table: rows that are equal in one column, or greater in another. */
export interface Where {
  readonly equals?: Readonly<Record<string, string | number>>;
  readonly above?: Readonly<Record<string, number>>;
}

/** The statement that reads a table in the order of its primary key; `read` makes an expression of a column. */
export function selectRows(
  table: string,
  columns: readonly Column[],
  { where, read }: { readonly where: readonly string[]; readonly read: (column: Column) => string },
): string {
  const names = columns.map((column) => `${read(column)} AS ${column.name}`);
  // With the table before it a name is the column's and not that of the expression: so an index gives the order.
  const order = keyOf(columns).map((name) => `${table}.${name}`);
  const condition = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
  return `SELECT ${names.join(", ")} FROM ${table}${condition} ORDER BY ${order.join(", ")}`;
}

/** The columns of the primary key, in its order. */
export const keyOf = (columns: readonly Column[]): readonly string[] =>
  columns.filter(({ key }) => key > 0).toSorted((a, b) => a.key - b.key).map(({ name }) => name);

/** The columns of some rows, which must be among those that the table has. Throws when they are not. */
export function columnsIn(table: string, row: Row, columns: readonly Column[]): readonly string[] {
  const names = Object.keys(row);
  const unknown = names.find((name) => !columns.some((column) => column.name === name));
  if (unknown !== undefined) throw new Error(`Cannot fill ${table}: it has no column "${unknown}"`);
  return names;
}

/** Conditions and their values. */
export function conditionsOf({ equals = {}, above = {} }: Where): {
  readonly where: readonly string[];
  readonly values: readonly (string | number)[];
} {
  return {
    where: [
      ...Object.keys(equals).map((name) => `${name} = ?`),
      ...Object.keys(above).map((name) => `${name} > ?`),
    ],
    values: [...Object.values(equals), ...Object.values(above)],
  };
}

/** The database is to be filled and has something in it. */
export class NotEmpty extends Error {
  override readonly name = "NotEmpty";

  constructor(table: string) {
    super(
      `Cannot fill the database: there is something in it already (table ${table}). ` +
        "Name an empty one with --database, or another folder with --data-dir",
    );
  }
}
