/**
 * The rules of one room, as a step from one state to the next.
 *
 * Somebody is a member as long as at least one of their connections is in the room: only the first and the last are worth
 * a notice. Posts enter after the store has numbered them, and the room insists that the numbers have no gap: everything
 * behind this point (the log, the cursors, what clients resume from) relies on it. Where the room stands (`moderation.ts`)
 * changes with the acts among them, in the same step.
 */
import { enact, type Moderation, UNMODERATED } from "./moderation.ts";
import { type Account, type AccountNumber, isSaid, type Member, type Post, type Presence } from "./types.ts";

export interface RoomState {
  /** The last sequence number. */
  readonly head: number;
  /** The first number that is still kept; one more than the head when nothing is. */
  readonly first: number;
  readonly present: Map<AccountNumber, { readonly member: Member; readonly connections: number }>;
  readonly moderation: Moderation;
  /** When each last said something, as far as this server has seen it. */
  readonly spoke: Map<AccountNumber, number>;
}

/** A room as it is kept. */
export interface KeptRoom {
  readonly first: number;
  readonly head: number;
  readonly moderation?: Moderation;
  /** The latest posts, as many as matter for who spoke lately. */
  readonly latest?: readonly Post[];
}

export type RoomInput =
  | { readonly type: "join" | "leave"; readonly account: Account; readonly at: number }
  | { readonly type: "stored"; readonly posts: readonly Post[] }
  /** The posts before `first` are no longer kept. */
  | { readonly type: "trimmed"; readonly first: number };

export interface RoomStep {
  readonly state: RoomState;
  readonly events: readonly (Post | Presence)[];
}

/** A room in which nobody is. */
export const emptyRoom = ({ first, head, moderation = UNMODERATED, latest = [] }: KeptRoom): RoomState => ({
  first,
  head,
  present: new Map(),
  moderation,
  spoke: new Map(latest.filter(isSaid).map(({ from, at }) => [from.account, at])),
});

export const members = (state: RoomState): Member[] =>
  [...state.present.values()].map(({ member }) => withRole(state, member));

function withRole({ moderation }: RoomState, member: Member): Member {
  const keeper = moderation.roles.get(member.account);
  return keeper ? { ...member, role: keeper.role } : member;
}

/** One step. The state that was given is used up: its maps go on in the new one. */
export function step(state: RoomState, input: RoomInput): RoomStep {
  switch (input.type) {
    case "join":
      return join(state, input.account, input.at);
    case "leave":
      return leave(state, input.account, input.at);
    case "stored":
      return stored(state, input.posts);
    case "trimmed":
      return { state: { ...state, first: Math.max(state.first, input.first) }, events: [] };
  }
}

function join(state: RoomState, account: Account, at: number): RoomStep {
  const before = state.present.get(account.account);
  const member = before?.member ?? { account: account.account, name: account.name, since: at };
  state.present.set(account.account, { member, connections: (before?.connections ?? 0) + 1 });
  return { state, events: before ? [] : [{ type: "joined", member: withRole(state, member), at }] };
}

function leave(state: RoomState, account: Account, at: number): RoomStep {
  const before = state.present.get(account.account);
  if (!before) throw new Error(`Cannot leave: account ${account.account} is not in the room`);
  if (before.connections > 1) {
    state.present.set(account.account, { ...before, connections: before.connections - 1 });
    return { state, events: [] };
  }
  state.present.delete(account.account);
  return { state, events: [{ type: "left", member: before.member, at }] };
}

function stored(state: RoomState, posts: readonly Post[]): RoomStep {
  let { head, moderation } = state;
  for (const post of posts) {
    if (post.seq !== head + 1) throw new Error(`Cannot publish post ${post.seq}: the room is at ${head}`);
    head = post.seq;
    if (post.type === "act") moderation = enact(moderation, post.act);
    else if (isSaid(post)) state.spoke.set(post.from.account, post.at);
  }
  return { state: { ...state, head, moderation }, events: posts };
}
