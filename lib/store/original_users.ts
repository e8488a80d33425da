/**
 * The accounts of the original program: its table `user`, from its database or from a dump of that. It is only ever read.
 *
 *     account int primary key · username varchar(20) · password varchar(20), in plain text · createTime datetime
 */
import { createConnection } from "mysql2/promise";
import { explain } from "./mysql_errors.ts";
import { MysqlSession } from "./mysql_session.ts";
import { connectionOptions, parseMysqlUrl } from "./mysql_url.ts";
import { dumpedRows, type SqlLiteral } from "./sql_dump.ts";

/** A row as it stands there: none of it is known to be legal. */
export interface OriginalUser {
  readonly account: SqlLiteral;
  readonly username: SqlLiteral;
  readonly password: SqlLiteral;
  /** `YYYY-MM-DD HH:MM:SS` as the original's machine told the time. */
  readonly createTime: SqlLiteral;
}

const TABLE = { name: "user", columns: ["account", "username", "password", "createTime"] } as const;

/** Reads them from `mysql://…` or from a file of SQL. Rejects with a sentence, in which no password ever stands. */
export async function originalUsers(source: string): Promise<readonly OriginalUser[]> {
  return /^(mysql|mariadb):\/\//.test(source) ? await fromDatabase(source) : await fromFile(source);
}

async function fromDatabase(url: string): Promise<readonly OriginalUser[]> {
  const target = parseMysqlUrl(url);
  try {
    const connection = await createConnection({ ...connectionOptions(target), dateStrings: true });
    connection.on("error", () => {});
    try {
      const session = new MysqlSession(connection);
      await session.plain("START TRANSACTION READ ONLY");
      const columns = TABLE.columns.map((column) => `\`${column}\``).join(", ");
      return await session.rows<OriginalUser>(`SELECT ${columns} FROM \`${TABLE.name}\` ORDER BY account`);
    } finally {
      connection.destroy();
      // The socket closes a turn later.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  } catch (error) {
    throw new Error(`Cannot read the original's accounts: ${explain(error, target)}.`, { cause: error });
  }
}

async function fromFile(path: string): Promise<readonly OriginalUser[]> {
  const refuse = (why: string, cause: unknown) => new Error(`Cannot read ${path}: ${why}.`, { cause });
  let sql: string;
  try {
    sql = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof TypeError) {
      throw refuse("it is not UTF-8; dump it with --default-character-set=utf8mb4", error);
    }
    throw refuse(error instanceof Deno.errors.NotFound ? "there is no such file" : reason(error), error);
  }
  try {
    return [...dumpedRows(sql, TABLE)].filter((row) => row.has("account") && row.has("password")).map((row) => ({
      account: row.get("account"),
      username: row.get("username"),
      password: row.get("password"),
      createTime: row.get("createtime"),
    }));
  } catch (error) {
    throw refuse(reason(error), error);
  }
}

const reason = (error: unknown): string => error instanceof Error ? error.message : String(error);
