/** Who keeps order in a room, and how, as lines to read. Pure. */
import type { ServerMessage } from "../protocol/server_message.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { actLine, endOf, nameOf } from "./act_words.ts";
import type { Texts } from "./texts.ts";
import { timeOf } from "./time.ts";

type Roles = Extract<ServerMessage, { op: "roles" }>;
type Audited = Extract<ServerMessage, { op: "audited" }>;

export function roleLines(message: Roles, { texts, now }: { readonly texts: Texts; readonly now: number }): string[] {
  const { standing } = texts;
  const detail = ({ until, reason }: { readonly until?: number; readonly reason?: string }) =>
    (until === undefined ? "" : standing.until(endOf(until, now))) +
    (reason === undefined ? "" : texts.because(sanitize(reason)));
  const some = <T>(list: readonly T[] | undefined, line: (one: T) => string) => (list ?? []).map(line);
  return [
    ...(message.roles.length === 0 ? [standing.nobody] : []),
    ...message.roles.map((keeper) => `${nameOf(keeper, texts)}: ${standing.roles[keeper.role]}`),
    ...(message.slow > 0 ? [standing.slow(message.slow)] : []),
    ...(message.readOnly ? [standing.readOnly] : []),
    ...some(message.mutes, (one) => standing.muted(nameOf(one.target, texts)) + detail(one)),
    ...some(message.bans, (one) => standing.banned(nameOf(one.target, texts)) + detail(one)),
    ...some(message.ranges, (one) => standing.banned(one.range) + detail(one)),
  ];
}

/** The audit log, with the address ranges that the room's own events leave out. */
export const auditLines = ({ acts }: Audited, texts: Texts): string[] =>
  acts.map((post) => {
    const range = "range" in post.act && post.act.range !== undefined ? ` (${sanitize(post.act.range)})` : "";
    return `${post.seq}  ${timeOf(post.at)}  ${actLine(post, texts)}${range}`;
  });
