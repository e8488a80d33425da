/**
 * Erasing a person: what they said and showed is as if removed by the operator, their numbers staying; their devices, role and
 * password are gone, and their name, wherever it stands.
 *
 * The account's number stays taken by nobody: given to another person, it would make them the author of what was removed. What
 * moderators did, and the reasons that they gave, stays in the room and in the audit log.
 *
 * It is written as steps, each a statement whose rows come back, so that both databases take the same ones.
 */
import { type AccountNumber, OPERATOR } from "../chat/types.ts";
import { REMOVE_POSTS_OF, type Statement } from "./acts.ts";

/** What stands in a name's place. */
export const ERASED = "erased";
/** An encoded hash that no password has. */
const NO_PASSWORD = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

const SAID = "account = ? AND type IN ('post', 'image', 'file')";

export interface Erased {
  readonly posts: number;
  readonly files: number;
  readonly devices: number;
}

export interface EraseDialect {
  /** The bytes of a text in UTF-8. */
  readonly textBytes: string;
  /** Whether there is an index for searching, whose rows are the room's number times 2^40 and the post's. */
  readonly indexed: boolean;
}

export type EraseSteps = Generator<Statement, Erased | undefined, readonly unknown[]>;

/** Nothing comes of it when there is no such account. */
export function* eraseSteps(account: AccountNumber, { textBytes, indexed }: EraseDialect): EraseSteps {
  const found = yield { sql: "SELECT account FROM chat_account WHERE account = ?", values: [account] };
  if (found.length === 0) return undefined;
  const count = `SELECT (SELECT COUNT(*) FROM chat_post WHERE ${SAID}) AS posts,
    (SELECT COUNT(*) FROM chat_post WHERE ${SAID} AND file_sha256 IS NOT NULL) AS files,
    (SELECT COUNT(*) FROM chat_token WHERE account = ?) AS devices`;
  const [erased] = (yield { sql: count, values: [account, account, account] }) as readonly Erased[];

  const bytes = `COALESCE(${textBytes}, 0) + COALESCE(file_size, 0)`;
  yield {
    sql: `UPDATE chat_room SET bytes = bytes - (SELECT COALESCE(SUM(${bytes}), 0) FROM chat_post
      WHERE chat_post.room = chat_room.room AND ${SAID})`,
    values: [account],
  };
  if (indexed) {
    yield {
      sql: `DELETE FROM chat_search WHERE rowid IN (SELECT r.number * ${2 ** 40} + p.seq FROM chat_post AS p
        JOIN chat_room AS r ON r.room = p.room WHERE p.${SAID} AND p.seq <= r.indexed)`,
      values: [account],
    };
  }
  yield { sql: REMOVE_POSTS_OF, values: [JSON.stringify({ by: OPERATOR, reason: ERASED }), account] };
  for (const table of ["chat_token", "chat_role"]) {
    yield { sql: `DELETE FROM ${table} WHERE account = ?`, values: [account] };
  }
  for (const table of ["chat_post", "chat_audit"]) {
    yield { sql: `UPDATE ${table} SET name = ? WHERE account = ?`, values: [ERASED, account] };
    yield* renameInActs(table, account);
  }
  yield {
    sql: "UPDATE chat_sanction SET name = ? WHERE kind <> 'range' AND subject = ?",
    values: [ERASED, String(account)],
  };
  yield {
    sql: "UPDATE chat_account SET name = ?, password_hash = ? WHERE account = ?",
    values: [ERASED, NO_PASSWORD, account],
  };
  return erased && { posts: Number(erased.posts), files: Number(erased.files), devices: Number(erased.devices) };
}

interface ActRow {
  readonly room: string;
  readonly seq: number;
  readonly act: string;
}

/** Acts name whom they were done to. */
function* renameInActs(table: string, account: AccountNumber): Generator<Statement, void, readonly unknown[]> {
  const sql = `SELECT room, seq, act FROM ${table} WHERE act LIKE ?`;
  const rows = (yield { sql, values: [`%"account":${account},%`] }) as readonly ActRow[];
  for (const { room, seq, act } of rows) {
    const renamed = JSON.stringify(
      JSON.parse(act, (_, value) => isPerson(value, account) ? { account, name: ERASED } : value),
    );
    yield { sql: `UPDATE ${table} SET act = ? WHERE room = ? AND seq = ?`, values: [renamed, room, seq] };
  }
}

const isPerson = (value: unknown, account: AccountNumber): boolean =>
  typeof value === "object" && value !== null && "account" in value && value.account === account && "name" in value;
