/**
 * The rows of one table in an SQL dump: what its INSERT statements give it, written by mysqldump or by hand.
 *
 * Their columns are those that the statement names, else those of the CREATE TABLE before it, else the usual ones. Nothing is
 * executed: a value is a literal, or it is not known.
 */
import { type SqlToken, sqlTokens } from "./sql_tokens.ts";

/** A literal; nothing where something stood that would have to be computed. */
export type SqlLiteral = string | number | null | undefined;
/** By the column's name in lower case. */
export type SqlRow = ReadonlyMap<string, SqlLiteral>;

/** A table by its name, and its columns where a dump does not say. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Throws a `SyntaxError` when the text is no SQL. */
export function* dumpedRows(sql: string, table: TableShape): Generator<SqlRow> {
  let columns = table.columns.map((column) => column.toLowerCase());
  for (const statement of statements(sql)) {
    const reader = new Reader(statement);
    if (reader.words("create", "table")) {
      while (reader.words("if") || reader.words("not") || reader.words("exists"));
      if (reader.name() === table.name) columns = reader.definitions();
    } else if (reader.words("insert") || reader.words("replace")) {
      while (["low_priority", "delayed", "high_priority", "ignore", "into"].some((word) => reader.words(word)));
      if (reader.name() === table.name) yield* reader.rows(columns);
    }
  }
}

function* statements(sql: string): Generator<SqlToken[]> {
  let statement: SqlToken[] = [];
  for (const token of sqlTokens(sql)) {
    if (token.type !== "mark" || token.text !== ";") {
      statement.push(token);
      continue;
    }
    yield statement;
    statement = [];
  }
  yield statement;
}

/** Words at the beginning of a line of CREATE TABLE that is no column. */
const NO_COLUMN = new Set(
  ["primary", "key", "unique", "index", "constraint", "fulltext", "spatial", "foreign", "check", "period"],
);

class Reader {
  readonly #tokens: readonly SqlToken[];
  #at = 0;

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens;
  }

  /** Takes these words if they are next. */
  words(...words: readonly string[]): boolean {
    const next = this.#tokens.slice(this.#at, this.#at + words.length);
    const found = words.every((word, i) => next[i]?.type === "word" && next[i].text.toLowerCase() === word);
    if (found) this.#at += words.length;
    return found;
  }

  /** Takes a name, without the database's in front of it, in lower case. */
  name(): string | undefined {
    let name = this.#next();
    while (this.#mark(".")) name = this.#next();
    return name?.type === "word" || name?.type === "name" ? name.text.toLowerCase() : undefined;
  }

  /** The columns of CREATE TABLE. */
  definitions(): string[] {
    if (!this.#mark("(")) return [];
    return this.#list((tokens) => {
      const [first] = tokens;
      if (first?.type === "name") return [first.text.toLowerCase()];
      return first?.type === "word" && !NO_COLUMN.has(first.text.toLowerCase()) ? [first.text.toLowerCase()] : [];
    }).flat();
  }

  /** The rows of INSERT, behind the table's name. */
  *rows(usual: readonly string[]): Generator<SqlRow> {
    if (this.words("set")) return yield new Map(this.#list(assignment).flat());
    const columns = this.#mark("(") ? this.#list((tokens) => tokens.at(-1)?.text.toLowerCase() ?? "") : usual;
    if (!this.words("values") && !this.words("value")) return;
    do {
      if (!this.#mark("(")) return;
      const values = this.#list(literal);
      yield new Map(columns.map((column, i) => [column, values[i]]));
    } while (this.#mark(","));
  }

  /** What stands between commas up to the bracket that closes, or up to the end. */
  #list<T>(read: (tokens: readonly SqlToken[]) => T): T[] {
    const list: T[] = [];
    let tokens: SqlToken[] = [];
    for (let depth = 0;;) {
      const token = this.#next();
      const mark = token?.type === "mark" ? token.text : undefined;
      const ends = token === undefined || (mark === ")" && depth === 0);
      if (ends || (mark === "," && depth === 0)) {
        list.push(read(tokens));
        tokens = [];
        if (ends) return list;
        continue;
      }
      if (mark === "(") depth++;
      if (mark === ")") depth--;
      tokens.push(token);
    }
  }

  #next(): SqlToken | undefined {
    return this.#tokens[this.#at++];
  }

  #mark(text: string): boolean {
    const next = this.#tokens[this.#at];
    const found = next?.type === "mark" && next.text === text;
    if (found) this.#at++;
    return found;
  }
}

function assignment(tokens: readonly SqlToken[]): [string, SqlLiteral][] {
  const equals = tokens.findIndex((token) => token.type === "mark" && token.text === "=");
  const name = tokens[equals - 1];
  return name ? [[name.text.toLowerCase(), literal(tokens.slice(equals + 1))]] : [];
}

/** What a value is, if it stands there as it is. */
function literal(tokens: readonly SqlToken[]): SqlLiteral {
  const [first, ...others] = tokens;
  if (!first) return undefined;
  // Strings side by side are one; a word before them names their character set, or says that they are hexadecimal.
  if (tokens.every((token) => token.type === "string")) return tokens.map((token) => token.text).join("");
  if (first.type === "mark" && (first.text === "-" || first.text === "+")) {
    const number = literal(others);
    return typeof number === "number" ? (first.text === "-" ? -number : number) : undefined;
  }
  if (first.type !== "word") return undefined;
  const word = first.text.toLowerCase();
  if (others.length > 0) {
    const value = literal(others);
    if (typeof value !== "string") return undefined;
    if (word.startsWith("_") || word === "n") return value;
    return word === "x" ? fromHex(value) : undefined;
  }
  if (word === "null") return null;
  if (/^\d+(\.\d+)?$/.test(word)) return Number(word);
  return /^0x/.test(word) ? fromHex(word.slice(2)) : undefined;
}

function fromHex(digits: string): string | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return undefined;
  const bytes = digits.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
