/** The statements that both databases understand. */
import { MAX_ACCOUNT } from "../chat/account.ts";
import { POST_COLUMNS } from "./rows.ts";
import { TRIM_POSTS } from "./trim.ts";

const group = (count: number) => `(${Array(count).fill("?").join(", ")})`;

export const SELECT_ACCOUNT = "SELECT account, name, password_hash, created_at FROM chat_account WHERE account = ?";
/** `limit` is a number of ours. */
export const selectAccounts = (limit: number): string =>
  `SELECT account, name, password_hash, created_at FROM chat_account WHERE account > ? ORDER BY account LIMIT ${limit}`;
export const INSERT_ACCOUNT = "INSERT INTO chat_account (account, name, password_hash, created_at) VALUES (?, ?, ?, ?)";

/** Changes nothing where another one has been set meanwhile. */
export const UPDATE_PASSWORD = "UPDATE chat_account SET password_hash = ? WHERE account = ? AND password_hash = ?";

// The bounds stand in the text: as parameters MySQL would compare them as strings.
const selectFree = (from: number) =>
  `SELECT MIN(candidate.account) AS account
  FROM (SELECT ${from} AS account UNION ALL SELECT account + 1 FROM chat_account) AS candidate
  WHERE candidate.account BETWEEN ${from} AND ${MAX_ACCOUNT}
    AND NOT EXISTS (SELECT 1 FROM chat_account AS used WHERE used.account = candidate.account)`;

/** The number for somebody who does not care, as `account` or null: asked in this order until one answers. */
export const SELECT_FREE_ACCOUNT: readonly string[] = [selectFree(1001), selectFree(100)];

export const SELECT_TOKEN_ACCOUNT = `SELECT a.account, a.name, a.password_hash, a.created_at
  FROM chat_token AS t JOIN chat_account AS a ON a.account = t.account WHERE t.hash = ? AND t.expires_at > ?`;
export const DELETE_TOKEN = "DELETE FROM chat_token WHERE hash = ?";
/** An account's tokens that are over at a time. */
export const DELETE_EXPIRED_TOKENS = "DELETE FROM chat_token WHERE account = ? AND expires_at <= ?";

export const INSERT_CODE = "INSERT INTO chat_code (hash, kind, uses, created_at, expires_at) VALUES (?, ?, ?, ?, ?)";
export const DELETE_CODE = "DELETE FROM chat_code WHERE hash = ?";
export const DELETE_CODES = "DELETE FROM chat_code WHERE kind = ?";
/** Those that are used up, or over at a time. */
export const DELETE_PAST_CODES = "DELETE FROM chat_code WHERE uses <= 0 OR expires_at <= ?";
export const SELECT_CODE = "SELECT uses FROM chat_code WHERE hash = ? AND kind = ? AND uses > 0 AND expires_at > ?";
/** Changes a row if there is a use left. */
export const USE_CODE =
  "UPDATE chat_code SET uses = uses - 1 WHERE hash = ? AND kind = 'invite' AND uses > 0 AND expires_at > ?";
/** Each account has so many devices at the most: the oldest make room. */
const MAX_DEVICES = 50;
export const COUNT_DEVICE = "UPDATE chat_account SET devices = devices + 1 WHERE account = ?";
/** The account's latest device: a token that is there already is left as it is. */
export const insertToken = (orNothing: string): string =>
  `INSERT INTO chat_token (hash, account, created_at, expires_at, device, name, used_at)
  SELECT ?, account, ?, ?, devices, ?, ? FROM chat_account WHERE account = ? ${orNothing}`;
export const DELETE_OLD_DEVICES =
  `DELETE FROM chat_token WHERE account = ? AND device <= (SELECT devices FROM chat_account WHERE account = ?) - ${MAX_DEVICES}`;
export const DELETE_TOKENS = "DELETE FROM chat_token WHERE account = ? AND hash <> ?";
/** To the hour, since a login is to cost no write. */
export const USE_TOKEN = "UPDATE chat_token SET used_at = ? WHERE hash = ? AND used_at < ?";
export const USED_MS = 3600_000;
export const SELECT_DEVICES =
  "SELECT device, hash, name, created_at, used_at FROM chat_token WHERE account = ? AND expires_at > ? ORDER BY device";

export const SELECT_ROOM = "SELECT head, bytes FROM chat_room WHERE room = ?";
/** As `first`: null when the room has no post. */
export const SELECT_FIRST = "SELECT MIN(seq) AS first FROM chat_post WHERE room = ?";

/** A room's oldest posts up to a number; `textBytes` is the expression for the bytes of a text in UTF-8. */
export const selectOldest = (textBytes: string): string =>
  `SELECT seq, at, COALESCE(${textBytes}, 0) + COALESCE(file_size, 0) AS bytes,
    CASE WHEN file_sha256 IS NULL THEN 0 ELSE 1 END AS is_file
  FROM chat_post WHERE room = ? AND seq <= ? ORDER BY seq LIMIT ${TRIM_POSTS}`;
export const DELETE_POSTS = "DELETE FROM chat_post WHERE room = ? AND seq <= ?";
export const REDUCE_ROOM = "UPDATE chat_room SET bytes = bytes - ? WHERE room = ?";

/** What is searched of a post. */
export const SEARCHED = "COALESCE(text, file_name)";

export const SELECT_FILE_BYTES =
  "SELECT COALESCE(SUM(file_size), 0) AS bytes FROM chat_post WHERE account = ? AND file_size IS NOT NULL";

export const selectUsedFiles = (count: number): string =>
  `SELECT DISTINCT file_sha256 AS sha256 FROM chat_post WHERE file_sha256 IN ${group(count)}`;

export const insertPosts = (count: number): string =>
  `INSERT INTO chat_post (${POST_COLUMNS.join(", ")}) VALUES ${
    Array(count).fill(group(POST_COLUMNS.length)).join(", ")
  }`;

/** Reading posts; `text` is the expression for the column of that name. */
export function postQueries(text: string) {
  const select = `SELECT ${POST_COLUMNS.map((name) => name === "text" ? text : name).join(", ")} FROM chat_post`;
  return {
    select,
    after: `${select} WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?`,
    /** The latest first. */
    before: `${select} WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
    byId: (count: number) => `${select} WHERE id IN ${group(count)}`,
    bySeq: (count: number) => `${select} WHERE room = ? AND seq IN ${group(count)}`,
    /** In a range of numbers, the latest first, those for which a condition on what is searched holds. */
    matching: (condition: string) =>
      `${select} WHERE room = ? AND seq >= ? AND seq < ? AND (${condition}) ORDER BY seq DESC LIMIT ?`,
  };
}
