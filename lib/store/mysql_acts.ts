/** Acts in MySQL: what each changes, and what the tables say of where a room stands. */
import type { Moderation } from "../chat/moderation.ts";
import type { ActPost, RoomId } from "../chat/types.ts";
import {
  actStatements,
  auditOf,
  type AuditRow,
  moderationOf,
  removalOf,
  REMOVE_POST,
  type RoleRow,
  type RulesRow,
  type SanctionRow,
  SELECT_AUDIT,
  SELECT_ROLES,
  SELECT_RULES,
  SELECT_SANCTIONS,
  selectRemovable,
} from "./acts.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { REDUCE_ROOM } from "./queries.ts";

const SELECT_REMOVABLE = selectRemovable("LENGTH(text)");

/** Writes what follows from an act, in the transaction that numbers it. */
export async function enact(session: MysqlSession, room: RoomId, post: ActPost): Promise<void> {
  for (const { sql, values } of actStatements(room, post)) await session.run(sql, values);
  const { act, from } = post;
  if (act.type !== "delete") return;
  const [found] = await session.rows<{ bytes: number }>(SELECT_REMOVABLE, [room, act.post]);
  if (!found) return;
  await session.run(REMOVE_POST, [JSON.stringify(removalOf({ by: from, ...act })), room, act.post]);
  await session.run(REDUCE_ROOM, [found.bytes, room]);
}

export async function moderationIn(session: MysqlSession, room: RoomId): Promise<Moderation> {
  const [rules] = await session.rows<RulesRow>(SELECT_RULES, [room]);
  return moderationOf(
    await session.rows<RoleRow>(SELECT_ROLES),
    await session.rows<SanctionRow>(SELECT_SANCTIONS),
    rules,
  );
}

export async function auditIn(
  session: MysqlSession,
  room: RoomId,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<readonly ActPost[]> {
  // The library sends numbers as floating point, which MySQL refuses as a limit.
  return (await session.rows<AuditRow>(SELECT_AUDIT, [room, before, String(limit)])).map(auditOf);
}
