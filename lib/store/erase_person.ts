/** Erasing a person from a database that no server has meanwhile: one would go on showing what it has in memory. */
import { createConnection } from "mysql2/promise";
import type { AccountNumber } from "../chat/types.ts";
import { type Erased, eraseSteps } from "./erase.ts";
import { explain } from "./mysql_errors.ts";
import { takeMysqlLock } from "./mysql_lock.ts";
import { migrate } from "./mysql_migrate.ts";
import { MysqlSession } from "./mysql_session.ts";
import { connectionOptions, parseMysqlUrl } from "./mysql_url.ts";
import { SqliteConnection } from "./sqlite_connection.ts";

/** All of it or nothing; nothing comes of it when there is no such account. Rejects with a sentence. */
export async function erasePerson(url: string, account: AccountNumber): Promise<Erased | undefined> {
  const file = /^sqlite:(.+)$/s.exec(url)?.[1];
  return file === undefined ? await inMysql(url, account) : inSqlite(file, account);
}

function inSqlite(file: string, account: AccountNumber): Erased | undefined {
  let db: SqliteConnection | undefined;
  try {
    Deno.statSync(file);
    const opened = db = new SqliteConnection(file, "full");
    return opened.erasing(() => {
      const steps = eraseSteps(account, { textBytes: "LENGTH(CAST(text AS BLOB))", indexed: true });
      let step = steps.next([]);
      while (!step.done) {
        const { sql, values } = step.value;
        step = steps.next(/^SELECT/.test(sql) ? opened.all(sql, ...values) : (opened.run(sql, ...values), []));
      }
      return step.value;
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : /locked/.test(message)
      ? "a server is using it. Stop that first"
      : message;
    throw new Error(`Cannot use ${file}: ${why}`, { cause: error });
  } finally {
    db?.close();
  }
}

async function inMysql(url: string, account: AccountNumber): Promise<Erased | undefined> {
  const target = parseMysqlUrl(url);
  try {
    await using stack = new AsyncDisposableStack();
    stack.adopt(await takeMysqlLock(target, () => {}), (lock) => lock.release());
    const connection = stack.adopt(await createConnection(connectionOptions(target)), async (opened) => {
      opened.destroy();
      // Its socket closes a turn later.
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
    connection.on("error", () => {});
    const session = new MysqlSession(connection);
    await session.begin();
    await migrate(session);
    await session.plain("START TRANSACTION");
    const steps = eraseSteps(account, { textBytes: "LENGTH(text)", indexed: false });
    let step = steps.next([]);
    while (!step.done) {
      // Without a limit in time: somebody may have said much.
      const [rows] = await connection.execute(step.value.sql, [...step.value.values]);
      step = steps.next(Array.isArray(rows) ? rows : []);
    }
    await session.plain("COMMIT");
    return step.value;
  } catch (error) {
    throw new Error(`Cannot use the database: ${explain(error, target)}`, { cause: error });
  }
}
