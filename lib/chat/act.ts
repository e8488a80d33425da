/**
 * What those who keep order can do in a room. An act is a numbered event like a post: everybody sees who did what to whom, why
 * and until when, once and in order. What may be done by whom stands in `permission.ts`, what follows from it in
 * `moderation.ts`.
 */
import type { Account, AccountNumber, Post } from "./types.ts";

/** What somebody is in the rooms of a server; whoever is nothing else is a member. */
export const ROLES = ["owner", "moderator", "member"] as const;
export type Role = typeof ROLES[number];

/** Why, and until when (no such time: until it is lifted). */
interface Terms {
  readonly reason?: string;
  readonly until?: number;
}

export type Act =
  /** Sent away, and not let in again before `until`. */
  | ({ readonly type: "kick" | "mute" | "ban"; readonly target: Account } & Terms)
  | { readonly type: "unmute" | "unban"; readonly target: Account; readonly reason?: string }
  /** Members from an address range (CIDR) are not let in. The range itself is told to those who keep order alone. */
  | ({ readonly type: "ban-range"; readonly range?: string } & Terms)
  | { readonly type: "unban-range"; readonly range?: string; readonly reason?: string }
  /** Seconds between two posts of one member; 0 ends it. */
  | { readonly type: "slow"; readonly seconds: number }
  /** Only those who keep order can say something. */
  | { readonly type: "read-only"; readonly on: boolean }
  /** The post with number `post` is no more; `target` wrote it. */
  | { readonly type: "delete"; readonly post: number; readonly target: Account; readonly reason?: string }
  | { readonly type: "role"; readonly target: Account; readonly role: Role }
  /** The one-time code made somebody the first owner. */
  | { readonly type: "claim"; readonly target: Account }
  /** So many people may register by a code, which is not told here. */
  | { readonly type: "invite"; readonly uses: number; readonly until: number };

/** An act as it is asked for: by numbers, and with a duration in seconds in place of a time, since clocks differ. */
export type Wish =
  | { readonly type: "kick" | "unmute" | "unban"; readonly account: AccountNumber; readonly reason?: string }
  | {
    readonly type: "mute" | "ban";
    readonly account: AccountNumber;
    readonly seconds?: number;
    readonly reason?: string;
  }
  | { readonly type: "ban-range"; readonly range: string; readonly seconds?: number; readonly reason?: string }
  | { readonly type: "unban-range"; readonly range: string; readonly reason?: string }
  | { readonly type: "slow"; readonly seconds: number }
  | { readonly type: "read-only"; readonly on: boolean }
  | { readonly type: "delete"; readonly post: number; readonly reason?: string }
  | { readonly type: "role"; readonly account: AccountNumber; readonly role: Role };

/** Milliseconds for which somebody who was kicked stays out: long enough that coming back is not the answer to it. */
export const KICK_MS = 60_000;
/** Seconds: ten years. For longer there is no end at all. */
export const MAX_SANCTION_SECONDS = 10 * 365 * 86_400;
/** Seconds between posts. */
export const MAX_SLOW_SECONDS = 86_400;
/** Characters (code points) of a reason. */
export const MAX_REASON = 200;
/** People who may register by one invitation, and days for which it holds. */
export const MAX_INVITE_USES = 1000;
export const MAX_INVITE_DAYS = 365;

/** A reason as it is stored: one line, cut where it is too long; nothing when nothing is left of it. */
export function tidyReason(reason: string | undefined): string | undefined {
  const line = (reason ?? "").toWellFormed().normalize("NFC").replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line === "" ? undefined : [...line].slice(0, MAX_REASON).join("");
}

/** An event as everybody may see it: an address range is for those who keep order. */
export function shown(post: Post): Post {
  if (post.type !== "act" || !("range" in post.act)) return post;
  const { range: _, ...act } = post.act;
  return { ...post, act };
}
