/** One conversation with MySQL: prepared statements, each of which answers in time or fails. */
import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";

/** Longer than any statement here takes and longer than the server makes one wait for a lock. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Seconds. */
const LOCK_WAIT = 5;

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

export class MysqlSession {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const [rows] = await inTime(this.#connection.execute<RowDataPacket[]>(sql, [...values]));
    return rows;
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<void> {
    await inTime(this.#connection.execute<ResultSetHeader>(sql, [...values]));
  }

  /** A statement that cannot be prepared. It must hold nothing that came from a user. */
  async plain(sql: string): Promise<void> {
    await inTime(this.#connection.query(sql));
  }

  /** Makes the session refuse what does not fit, whatever the server's own settings, and not wait long for locks. */
  async begin(): Promise<void> {
    await this.plain(`SET SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION innodb_lock_wait_timeout = ${LOCK_WAIT}`);
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(Object.assign(new Error("it did not answer in time"), { code: "ETIMEDOUT" })),
    STATEMENT_TIMEOUT_MS,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
