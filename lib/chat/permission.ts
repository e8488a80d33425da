/**
 * Who may do what: the one place that decides it, whichever dialect, login or connection somebody comes by.
 *
 * Ranks: member < moderator < owner < the operator of the machine. An act takes at least the rank in {@linkcode RULES}, and
 * one that is done to somebody takes a higher rank than theirs; so moderators cannot act on each other or on owners, nor
 * owners on each other. What is written is gone over here: anybody may remove what they have said themselves, owners may step
 * down, and the last owner stays one.
 */
import type { Act, Role } from "./act.ts";
import { isInRange, parseRange } from "./address_range.ts";
import { isOver, type Moderation, type Sanction } from "./moderation.ts";
import { type AccountNumber, type Draft, OPERATOR } from "./types.ts";

/** The least rank for each act. `claim` is nobody's to do: it takes the one-time code, and that there is no owner. */
export const RULES: Readonly<Record<Exclude<Act["type"], "claim">, Role | "operator">> = {
  kick: "moderator",
  mute: "moderator",
  unmute: "moderator",
  ban: "moderator",
  unban: "moderator",
  "ban-range": "owner",
  "unban-range": "owner",
  slow: "moderator",
  "read-only": "moderator",
  delete: "moderator",
  role: "owner",
  invite: "moderator",
};

/** Why not; the codes are those that a peer is told. */
export interface Refusal {
  readonly code:
    | "not-allowed"
    | "muted"
    | "banned"
    | "kicked"
    | "read-only"
    | "slow-mode"
    | "last-owner"
    | "nothing-to-do"
    | "owner-code-invalid";
  /** When it ends, where that is known. */
  readonly until?: number;
  readonly reason?: string;
  /** Milliseconds after which the same may be tried again: it will be let through then. */
  readonly retryAfter?: number;
}

const RANK = { member: 0, moderator: 1, owner: 2, operator: 3 } as const;

export function roleOf({ roles }: Moderation, account: AccountNumber): Role | "operator" {
  return account === OPERATOR.account ? "operator" : roles.get(account)?.role ?? "member";
}

export const hasRank = (state: Moderation, account: AccountNumber, least: Role | "operator"): boolean =>
  RANK[roleOf(state, account)] >= RANK[least];

/** Whether somebody may log in from an address, and stay; nothing when they may. */
export function entryRefusal(
  state: Moderation,
  { account, address, now }: { readonly account?: AccountNumber; readonly address: string; readonly now: number },
): Refusal | undefined {
  const own = account === undefined ? undefined : keptOut(state, account, now);
  if (own) return own;
  // Owners and moderators may share an address with somebody who is banned by it.
  if (account !== undefined && hasRank(state, account, "moderator")) return undefined;
  for (const [text, sanction] of state.ranges) {
    const range = isOver(sanction, now) ? undefined : parseRange(text);
    if (range && isInRange(address, range)) return refusal("banned", sanction);
  }
  return undefined;
}

export interface When {
  readonly now: number;
  /** When each last said something. */
  readonly spoke: Pick<ReadonlyMap<AccountNumber, number>, "get">;
}

/** Whether what somebody wants to say or do may stand; nothing when it may. */
export function permission(state: Moderation, draft: Draft, when: When): Refusal | undefined {
  const { account } = draft.from;
  if (draft.type === "act") return actRefusal(state, draft.act, { actor: account, now: when.now });
  return speechRefusal(state, account, when);
}

/** Whether somebody may say something, text or file. */
export function speechRefusal(state: Moderation, account: AccountNumber, { now, spoke }: When): Refusal | undefined {
  const out = keptOut(state, account, now);
  if (out) return out;
  const mute = state.mutes.get(account);
  if (mute && !isOver(mute, now)) return refusal("muted", mute);
  if (hasRank(state, account, "moderator")) return undefined;
  if (state.readOnly) return { code: "read-only" };
  const retryAfter = (spoke.get(account) ?? -Infinity) + state.slow * 1000 - now;
  return state.slow > 0 && retryAfter > 0 ? { code: "slow-mode", retryAfter } : undefined;
}

interface Actor {
  readonly actor: AccountNumber;
  readonly now: number;
}

function actRefusal(state: Moderation, act: Act, { actor, now }: Actor): Refusal | undefined {
  if (act.type === "claim") return ownersOf(state) > 0 ? { code: "owner-code-invalid" } : undefined;
  const out = keptOut(state, actor, now);
  if (out) return out;
  const self = "target" in act && act.target.account === actor;
  if (act.type === "delete" && self) return undefined;
  if (!hasRank(state, actor, RULES[act.type])) return { code: "not-allowed" };
  const stepsDown = act.type === "role" && self;
  if ("target" in act && !stepsDown && !isAbove(state, actor, act.target.account)) return { code: "not-allowed" };
  if (act.type === "role") {
    const before = roleOf(state, act.target.account);
    if (before === act.role) return { code: "nothing-to-do" };
    if (before === "owner" && ownersOf(state) === 1) return { code: "last-owner" };
    return undefined;
  }
  return isSo(state, act, now) ? { code: "nothing-to-do" } : undefined;
}

const isAbove = (state: Moderation, actor: AccountNumber, target: AccountNumber): boolean =>
  RANK[roleOf(state, actor)] > RANK[roleOf(state, target)];

/** Whether nothing would change. A sanction may be given anew, with another end. */
function isSo(state: Moderation, act: Act, now: number): boolean {
  const stands = (sanction: Omit<Sanction, "target"> | undefined) => sanction !== undefined && !isOver(sanction, now);
  switch (act.type) {
    case "slow":
      return state.slow === act.seconds;
    case "read-only":
      return state.readOnly === act.on;
    case "unmute":
      return !stands(state.mutes.get(act.target.account));
    case "unban":
      return !stands(state.bans.get(act.target.account)) && !stands(state.kicks.get(act.target.account));
    case "unban-range":
      return !stands(state.ranges.get(act.range ?? ""));
    default:
      return false;
  }
}

/** Bans and kicks, which keep somebody out altogether. */
function keptOut(state: Moderation, account: AccountNumber, now: number): Refusal | undefined {
  const ban = state.bans.get(account);
  if (ban && !isOver(ban, now)) return refusal("banned", ban);
  const kick = state.kicks.get(account);
  if (!kick || isOver(kick, now)) return undefined;
  return { ...refusal("kicked", kick), ...(kick.until === undefined ? {} : { retryAfter: kick.until - now }) };
}

export const ownersOf = ({ roles }: Moderation): number =>
  [...roles.values()].filter(({ role }) => role === "owner").length;

const refusal = (code: Refusal["code"], { until, reason }: Omit<Sanction, "target">): Refusal => ({
  code,
  ...(until === undefined ? {} : { until }),
  ...(reason === undefined ? {} : { reason }),
});
