/** One conversation with MySQL: prepared statements, each of which is answered in time or fails. */
import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";

/** Longer than any statement here takes and longer than the server makes one wait for a lock. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Seconds. */
const LOCK_WAIT = 3;

export type SqlValue = string | number | null;

export class MysqlSession {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes the server refuse what does not fit, whatever its own settings, and not let one wait long for locks. */
  async begin(): Promise<void> {
    await this.plain(`SET SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION innodb_lock_wait_timeout = ${LOCK_WAIT}`);
  }

  /** The caller says what the statement selects. */
  async rows<Row>(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const [rows] = await inTime(this.#connection.execute<RowDataPacket[]>(sql, [...values]));
    return rows as Row[];
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<void> {
    await inTime(this.#connection.execute<ResultSetHeader>(sql, [...values]));
  }

  /** How many rows it changed. */
  async change(sql: string, values: readonly SqlValue[]): Promise<number> {
    const [result] = await inTime(this.#connection.execute<ResultSetHeader>(sql, [...values]));
    return result.affectedRows;
  }

  /** A statement that cannot be prepared. It must hold nothing that came from a user. */
  async plain(sql: string): Promise<void> {
    await inTime(this.#connection.query(sql));
  }
}

/** What was promised, or an error that means that the database is away. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })),
    STATEMENT_TIMEOUT_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
