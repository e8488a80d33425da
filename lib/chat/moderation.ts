/**
 * Where a room stands after all acts so far: who has which role, who is muted or kept out, and the room's own rules.
 *
 * It follows from the acts alone, one after the other. The store keeps it beside them, written in the same transaction, so that it
 * outlives acts that are no longer kept.
 */
import type { Act, Role } from "./act.ts";
import type { Account, AccountNumber } from "./types.ts";

export interface Keeper extends Account {
  readonly role: Exclude<Role, "member">;
}

export interface Sanction {
  readonly target: Account;
  /** Nothing: until it is lifted. */
  readonly until?: number;
  readonly reason?: string;
}

export interface Moderation {
  /** Owners and moderators; everybody else is a member. */
  readonly roles: ReadonlyMap<AccountNumber, Keeper>;
  readonly kicks: ReadonlyMap<AccountNumber, Sanction>;
  readonly mutes: ReadonlyMap<AccountNumber, Sanction>;
  readonly bans: ReadonlyMap<AccountNumber, Sanction>;
  /** By the range, as CIDR. */
  readonly ranges: ReadonlyMap<string, Omit<Sanction, "target">>;
  /** Seconds between two posts of one member. */
  readonly slow: number;
  readonly readOnly: boolean;
}

export const UNMODERATED: Moderation = {
  roles: new Map(),
  kicks: new Map(),
  mutes: new Map(),
  bans: new Map(),
  ranges: new Map(),
  slow: 0,
  readOnly: false,
};

export const isOver = ({ until }: Pick<Sanction, "until">, now: number): boolean => until !== undefined && until <= now;

/** Where it stands after one more act. */
export function enact(state: Moderation, act: Act): Moderation {
  switch (act.type) {
    case "kick":
      return { ...state, kicks: put(state.kicks, act.target.account, sanctionOf(act)) };
    case "mute":
      return { ...state, mutes: put(state.mutes, act.target.account, sanctionOf(act)) };
    case "unmute":
      return { ...state, mutes: without(state.mutes, act.target.account) };
    case "ban":
      return { ...state, bans: put(state.bans, act.target.account, sanctionOf(act)) };
    case "unban": {
      const { account } = act.target;
      return { ...state, bans: without(state.bans, account), kicks: without(state.kicks, account) };
    }
    case "ban-range":
      return act.range === undefined ? state : { ...state, ranges: put(state.ranges, act.range, termsOf(act)) };
    case "unban-range":
      return act.range === undefined ? state : { ...state, ranges: without(state.ranges, act.range) };
    case "slow":
      return { ...state, slow: act.seconds };
    case "read-only":
      return { ...state, readOnly: act.on };
    case "role": {
      const { target, role } = act;
      const roles = role === "member"
        ? without(state.roles, target.account)
        : put(state.roles, target.account, { ...target, role });
      return { ...state, roles };
    }
    case "claim":
      return { ...state, roles: put(state.roles, act.target.account, { ...act.target, role: "owner" }) };
    case "delete":
    case "invite":
      return state;
  }
}

const termsOf = ({ until, reason }: Omit<Sanction, "target">) => ({
  ...(until === undefined ? {} : { until }),
  ...(reason === undefined ? {} : { reason }),
});
const sanctionOf = (act: Sanction): Sanction => ({ target: act.target, ...termsOf(act) });

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
