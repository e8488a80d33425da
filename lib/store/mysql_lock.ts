/**
 * One server a database: MySQL's named lock, held by a connection of its own for as long as that lives.
 *
 * Two servers would each publish what it stored itself, and show nobody what the other one did. The lock ends with its
 * connection, however that ends: a server that is killed leaves nothing behind. One whose whole machine is gone cannot say
 * so, hence the connection speaks up now and then, and MySQL drops it soon after it has fallen silent.
 */
import { createHash } from "node:crypto";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { inTime } from "./mysql_session.ts";
import { connectionOptions, type MysqlTarget } from "./mysql_url.ts";

/** Seconds that a starting server waits for one that is about to end. */
const WAIT = 2;
/** Seconds of silence after which MySQL gives the connection and its lock up. */
const SILENCE = 30;
const PING_MS = 10_000;

/** Somebody else has the lock. */
export class DatabaseInUse extends Error {
  override readonly name = "DatabaseInUse";
  readonly code = "IN_USE";
}

export interface MysqlLock {
  readonly held: boolean;
  /** Lets the next one in. Never rejects. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a database; `lost` is called once if it is not ours any more. Rejects with {@linkcode DatabaseInUse} when
 * another server has it, and with what MySQL says when it cannot be asked.
 */
export async function takeMysqlLock(target: MysqlTarget, lost: (error: unknown) => void): Promise<MysqlLock> {
  // Without a database, which may have to be made first.
  const { database: _, ...options } = connectionOptions(target);
  const connection = await createConnection(options);
  let held = true;
  const lose = (error: unknown) => {
    if (!held) return;
    held = false;
    clearInterval(timer);
    connection.destroy();
    lost(error);
  };
  const timer = setInterval(() => inTime(connection.ping()).catch(lose), PING_MS);
  connection.on("error", lose);
  try {
    if (!await hold(connection, target.database)) throw new DatabaseInUse("the lock is held");
  } catch (error) {
    held = false;
    clearInterval(timer);
    connection.destroy();
    throw error;
  }
  return {
    get held() {
      return held;
    },
    release: async () => {
      if (!held) return;
      held = false;
      clearInterval(timer);
      await inTime(connection.end()).catch(() => connection.destroy());
    },
  };
}

async function hold(connection: Connection, database: string): Promise<boolean> {
  await inTime(connection.query(`SET SESSION wait_timeout = ${SILENCE}`));
  const [rows] = await inTime(
    connection.execute<RowDataPacket[]>("SELECT GET_LOCK(?, ?) AS held", [lockName(database), WAIT]),
  );
  return rows[0]?.held === 1;
}

/** Names are shared by all databases of one MySQL, and have 64 characters at most, as many as a database's own name may have. */
export const lockName = (database: string): string =>
  `chat-server/${createHash("sha256").update(database).digest("hex").slice(0, 40)}`;
