/** What MySQL's errors mean to us: the database is away, somebody was faster, or we made a mistake. */
import type { MysqlTarget } from "./mysql_url.ts";

/** Errors after which the same call may succeed later. Those that end the connection are known by `fatal`. */
const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "PROTOCOL_CONNECTION_LOST",
  "ER_ACCESS_DENIED_ERROR",
  "ER_BAD_DB_ERROR",
  "ER_CON_COUNT_ERROR",
  "ER_CONNECTION_KILLED",
  "ER_DBACCESS_DENIED_ERROR",
  "ER_DISK_FULL",
  "ER_NO_SUCH_TABLE",
  "ER_OPTION_PREVENTS_STATEMENT",
  "ER_QUERY_INTERRUPTED",
  "ER_RECORD_FILE_FULL",
  "ER_SERVER_SHUTDOWN",
  "ER_TOO_MANY_USER_CONNECTIONS",
]);

interface MysqlError extends Error {
  readonly code?: unknown;
  readonly fatal?: unknown;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String((error as MysqlError).code ?? "") : "";
}

export function isAway(error: unknown): boolean {
  return AWAY.has(codeOf(error)) || (error instanceof Error && (error as MysqlError).fatal === true);
}

export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === "ER_DUP_ENTRY";
/** Whether a statement would add a column or an index that is there. */
export const isThereAlready = (error: unknown): boolean =>
  ["ER_DUP_FIELDNAME", "ER_DUP_KEYNAME"].includes(codeOf(error));
export const isMissingTable = (error: unknown): boolean => codeOf(error) === "ER_NO_SUCH_TABLE";
export const isUnknownDatabase = (error: unknown): boolean => codeOf(error) === "ER_BAD_DB_ERROR";

/** Whether another transaction was in the way, so that the same one may succeed at once. */
export const isContention = (error: unknown): boolean =>
  ["ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_CHECKREAD"].includes(codeOf(error));

/** Why the database cannot be used, in words that say what to look at; never with the password in them. */
export function explain(error: unknown, { host, port, user, database }: MysqlTarget): string {
  const where = `${host}:${port}`;
  switch (codeOf(error)) {
    case "ECONNREFUSED":
      return `nothing answers at ${where}; is the database running?`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host ${host} is not known`;
    case "ETIMEDOUT":
      return `${where} does not answer in time`;
    case "ECONNRESET":
    case "EPIPE":
    case "PROTOCOL_CONNECTION_LOST":
      return `${where} closed the connection`;
    case "ER_ACCESS_DENIED_ERROR":
      return `${where} refuses the user ${user}: the name or the password is wrong`;
    case "ER_BAD_DB_ERROR":
      return `${where} has no database ${database}`;
    case "ER_DBACCESS_DENIED_ERROR":
      return `${where} does not let the user ${user} use the database ${database}`;
    case "IN_USE":
      return `another server is using ${database} at ${where}`;
    default:
      return `${where} says: ${error instanceof Error ? error.message : error}`;
  }
}
