/**
 * Acts in the tables: what each changes there, in the transaction that numbers it, and what the tables then say. The same in both
 * databases.
 */
import type { Act, Role } from "../chat/act.ts";
import type { Keeper, Moderation, Sanction } from "../chat/moderation.ts";
import type { Account, ActPost, RoomId } from "../chat/types.ts";

export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

const DELETE_ROLE = "DELETE FROM chat_role WHERE account = ?";
const INSERT_ROLE = "INSERT INTO chat_role (account, role) VALUES (?, ?)";
const DELETE_SANCTION = "DELETE FROM chat_sanction WHERE kind = ? AND subject = ?";
const DELETE_PAST_SANCTIONS = "DELETE FROM chat_sanction WHERE ends_at <= ?";
const INSERT_SANCTION = "INSERT INTO chat_sanction (kind, subject, name, ends_at, reason) VALUES (?, ?, ?, ?, ?)";
const UPDATE_SLOW = "UPDATE chat_room SET slow = ? WHERE room = ?";
const UPDATE_READ_ONLY = "UPDATE chat_room SET read_only = ? WHERE room = ?";
const INSERT_AUDIT = "INSERT INTO chat_audit (room, seq, id, account, name, at, act) VALUES (?, ?, ?, ?, ?, ?, ?)";

export const SELECT_ROLES = `SELECT r.account, a.name, r.role
  FROM chat_role AS r JOIN chat_account AS a ON a.account = r.account`;
export const SELECT_SANCTIONS = "SELECT kind, subject, name, ends_at, reason FROM chat_sanction";
export const SELECT_RULES = "SELECT slow, read_only FROM chat_room WHERE room = ?";
/** The latest first. */
export const SELECT_AUDIT =
  "SELECT seq, id, account, name, at, act FROM chat_audit WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?";

/** What a removal takes away; and what it leaves. */
export const selectRemovable = (textBytes: string): string =>
  `SELECT COALESCE(${textBytes}, 0) + COALESCE(file_size, 0) AS bytes
  FROM chat_post WHERE room = ? AND seq = ? AND type IN ('post', 'image', 'file')`;
const REMOVE = `UPDATE chat_post SET type = 'removed', act = ?, text = NULL,
    file_name = NULL, file_size = NULL, file_sha256 = NULL, file_media = NULL
  WHERE type IN ('post', 'image', 'file')`;
export const REMOVE_POST = `${REMOVE} AND room = ? AND seq = ?`;
/** All that an account has said. */
export const REMOVE_POSTS_OF = `${REMOVE} AND account = ?`;

/** What stands in a removed post's row in place of its content. */
export interface Removal {
  readonly by: Account;
  readonly reason?: string;
}

export const removalOf = ({ by, reason }: Removal): Removal => ({ by, ...(reason === undefined ? {} : { reason }) });

/** What an act writes beside its own event; the removal of a post's content is the database's own business. */
export function actStatements(room: RoomId, post: ActPost): readonly Statement[] {
  const { seq, id, from, at, act } = post;
  const audit = { sql: INSERT_AUDIT, values: [room, seq, id, from.account, from.name, at, JSON.stringify(act)] };
  return [audit, ...changes(room, act, at)];
}

function changes(room: RoomId, act: Act, at: number): readonly Statement[] {
  switch (act.type) {
    case "kick":
    case "mute":
    case "ban":
      return sanction({ kind: act.type, subject: String(act.target.account), name: act.target.name }, act, at);
    case "ban-range":
      return sanction({ kind: "range", subject: act.range ?? "", name: "" }, act, at);
    case "unmute":
      return [lift("mute", String(act.target.account))];
    case "unban":
      return [lift("ban", String(act.target.account)), lift("kick", String(act.target.account))];
    case "unban-range":
      return [lift("range", act.range ?? "")];
    case "slow":
      return [{ sql: UPDATE_SLOW, values: [act.seconds, room] }];
    case "read-only":
      return [{ sql: UPDATE_READ_ONLY, values: [act.on ? 1 : 0, room] }];
    case "role":
      return give(act.target, act.role);
    case "claim":
      return give(act.target, "owner");
    case "delete":
    case "invite":
      return [];
  }
}

function give({ account }: Account, role: Role): readonly Statement[] {
  const none = { sql: DELETE_ROLE, values: [account] };
  return role === "member" ? [none] : [none, { sql: INSERT_ROLE, values: [account, role] }];
}

interface Subject {
  readonly kind: SanctionRow["kind"];
  readonly subject: string;
  readonly name: string;
}

function sanction(
  { kind, subject, name }: Subject,
  { until, reason }: Omit<Sanction, "target">,
  at: number,
): readonly Statement[] {
  return [
    { sql: DELETE_PAST_SANCTIONS, values: [at] },
    lift(kind, subject),
    { sql: INSERT_SANCTION, values: [kind, subject, name, until ?? null, reason ?? null] },
  ];
}

const lift = (kind: SanctionRow["kind"], subject: string): Statement => ({
  sql: DELETE_SANCTION,
  values: [kind, subject],
});

export interface RoleRow {
  readonly account: number;
  readonly name: string;
  readonly role: Keeper["role"];
}

export interface SanctionRow {
  readonly kind: "kick" | "mute" | "ban" | "range";
  /** An account's number, or a range. */
  readonly subject: string;
  readonly name: string;
  readonly ends_at: number | null;
  readonly reason: string | null;
}

export interface RulesRow {
  readonly slow: number;
  readonly read_only: number;
}

export interface AuditRow {
  readonly seq: number;
  readonly id: string;
  readonly account: number;
  readonly name: string;
  readonly at: number;
  readonly act: string;
}

/** Where a room stands, from its rows. */
export function moderationOf(
  roles: readonly RoleRow[],
  sanctions: readonly SanctionRow[],
  rules: RulesRow | undefined,
): Moderation {
  const some = (kind: SanctionRow["kind"]) => sanctions.filter((row) => row.kind === kind);
  const people = (kind: SanctionRow["kind"]) =>
    new Map(
      some(kind).map((row) => {
        const account = Number(row.subject);
        return [account, { target: { account, name: row.name }, ...termsOf(row) }];
      }),
    );
  return {
    roles: new Map(roles.map(({ account, name, role }) => [account, { account, name, role }])),
    kicks: people("kick"),
    mutes: people("mute"),
    bans: people("ban"),
    ranges: new Map(some("range").map((row) => [row.subject, termsOf(row)])),
    slow: rules?.slow ?? 0,
    readOnly: rules?.read_only === 1,
  };
}

const termsOf = ({ ends_at, reason }: SanctionRow) => ({
  ...(ends_at === null ? {} : { until: ends_at }),
  ...(reason === null ? {} : { reason }),
});

export function auditOf({ account, name, act, ...row }: AuditRow): ActPost {
  return { type: "act", ...row, from: { account, name }, act: JSON.parse(act) };
}
