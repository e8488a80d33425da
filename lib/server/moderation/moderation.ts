/**
 * Keeping order, for whoever acts: somebody in the room by a command of the protocol, or the operator by one of the server's.
 *
 * What is asked for by numbers is looked up here. Whether it may be done is decided when the room's journal takes it
 * (`chat/permission.ts`), after everything that was done before, so no two acts ever cross.
 */
import { type Act, KICK_MS, MAX_INVITE_DAYS, MAX_INVITE_USES, tidyReason, type Wish } from "../../chat/act.ts";
import { formatRange, isInRange, parseRange } from "../../chat/address_range.ts";
import type { Moderation } from "../../chat/moderation.ts";
import { hasRank, type Refusal } from "../../chat/permission.ts";
import {
  type Account,
  type ActPost,
  isFile,
  isSaid,
  LOBBY,
  OPERATOR,
  type Post,
  type RoomId,
} from "../../chat/types.ts";
import { codeHash, newCode } from "../../store/code.ts";
import type { OpenRoom } from "../rooms.ts";
import { reasonOf } from "../log.ts";
import type { Services } from "../services.ts";

export { OPERATOR };

/** Why something was not done. */
export type Fault = Refusal | { readonly code: "account-unknown" | "post-unknown" | "bad-range" | "id-conflict" };
export type Outcome<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly fault: Fault };

/** Where somebody acts, and as whom. */
export interface Acting {
  readonly services: Services;
  /** {@linkcode OPERATOR} for the server's own commands. */
  readonly actor: Account;
  readonly room?: RoomId;
}

const DAY_MS = 86_400_000;
const fault = (code: Fault["code"]) => ({ ok: false, fault: { code } }) as const;

/** Does what is asked for; `id` names the act, so that asking again with it does it once. Rejects while the store is away. */
export async function act(
  acting: Acting,
  { wish, id = crypto.randomUUID(), address }: {
    readonly wish: Wish;
    readonly id?: string;
    /** Where the actor is: nobody bans the range that they are in. */
    readonly address?: string;
  },
): Promise<Outcome<{ readonly post: Post }>> {
  const { store } = acting.services;
  const open = await roomOf(acting);
  const before = await store.post(id);
  if (before?.post.from.account === acting.actor.account) return { ok: true, post: before.post };
  const found = await resolve(acting, open, wish, address);
  if ("fault" in found) return found;
  const outcome = await submit(acting, open, { id, act: found.act });
  if (outcome.ok && found.removes && isFile(found.removes)) await removeFile(acting.services, found.removes);
  return outcome;
}

/** Makes somebody the first owner by the code that the server's start has shown. */
export async function claim(
  acting: Acting,
  { code, id = crypto.randomUUID() }: { readonly code: string; readonly id?: string },
): Promise<Outcome<{ readonly post: Post }>> {
  const { store } = acting.services;
  const open = await roomOf(acting);
  if (!await store.hasCode(codeHash(code), { kind: "owner", now: Date.now() })) return fault("owner-code-invalid");
  // Of two who have the same code the journal takes one: then there is an owner.
  const outcome = await submit(acting, open, { id, act: { type: "claim", target: acting.actor } });
  if (outcome.ok) await store.deleteCodes("owner");
  return outcome;
}

/** An invitation: the code is told here and nowhere else. */
export async function invite(
  acting: Acting,
  { uses = 1, days = 7 }: { readonly uses?: number | undefined; readonly days?: number | undefined } = {},
): Promise<Outcome<{ readonly code: string; readonly uses: number; readonly expires: number }>> {
  const open = await roomOf(acting);
  const until = Date.now() + Math.min(days, MAX_INVITE_DAYS) * DAY_MS;
  const many = Math.min(uses, MAX_INVITE_USES);
  const outcome = await submit(acting, open, {
    id: crypto.randomUUID(),
    act: { type: "invite", uses: many, until },
  });
  if (!outcome.ok) return outcome;
  const { code, hash } = newCode();
  await acting.services.store.createCode({
    hash,
    kind: "invite",
    uses: many,
    createdAt: Date.now(),
    expiresAt: until,
  });
  return { ok: true, code, uses: many, expires: until };
}

/** The acts before a number, the latest first: for those who keep order. */
export async function audit(
  acting: Acting,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<Outcome<{ readonly acts: readonly ActPost[] }>> {
  const { room } = await roomOf(acting);
  if (!hasRank(room.moderation, acting.actor.account, "moderator")) return fault("not-allowed");
  const acts = await acting.services.store.audit(room.id, { before: before ?? room.head + 1, limit });
  return { ok: true, acts };
}

/** Where the room stands now. */
export async function standing(acting: Acting): Promise<Moderation> {
  return (await roomOf(acting)).room.moderation;
}

async function roomOf({ services, room = LOBBY }: Acting): Promise<OpenRoom> {
  const open = await services.rooms.get(room);
  if (!open) throw new Error(`Cannot act in ${room}: there is no such room`);
  return open;
}

async function submit(
  { services, actor }: Acting,
  { room, journal }: OpenRoom,
  { id, act }: { readonly id: string; readonly act: Act },
): Promise<Outcome<{ readonly post: Post }>> {
  const from = { account: actor.account, name: actor.name };
  const result = await journal.submit({ id, from, type: "act", act });
  if (result.status === "refused") return { ok: false, fault: result.refusal };
  if (result.status === "conflict") return fault("id-conflict");
  services.log("act", { room: room.id, act: act.type, by: actor.account, seq: result.post.seq });
  return { ok: true, post: result.post };
}

type Resolved = { readonly act: Act; readonly removes?: Post } | { readonly ok: false; readonly fault: Fault };

/** What a wish means at this moment. */
async function resolve(
  { services }: Acting,
  { room }: OpenRoom,
  wish: Wish,
  address: string | undefined,
): Promise<Resolved> {
  const now = Date.now();
  const reason = "reason" in wish ? tidyReason(wish.reason) : undefined;
  const why = reason === undefined ? {} : { reason };
  const until = "seconds" in wish && wish.seconds !== undefined ? { until: now + wish.seconds * 1000 } : {};
  switch (wish.type) {
    case "slow":
    case "read-only":
      return { act: wish };
    case "ban-range":
    case "unban-range": {
      const parsed = parseRange(wish.range);
      if (!parsed) return fault("bad-range");
      const range = formatRange(parsed);
      if (wish.type === "unban-range") return { act: { type: wish.type, range, ...why } };
      if (address !== undefined && isInRange(address, parsed)) return fault("bad-range");
      return { act: { type: wish.type, range, ...until, ...why } };
    }
    case "delete": {
      const [post] = await services.store.posts(room.id, { after: wish.post - 1, limit: 1 });
      if (post?.seq !== wish.post || !isSaid(post)) return fault("post-unknown");
      return { act: { type: "delete", post: post.seq, target: post.from, ...why }, removes: post };
    }
  }
  const record = await services.store.account(wish.account);
  if (!record) return fault("account-unknown");
  const target = { account: record.account, name: record.name };
  switch (wish.type) {
    case "kick":
      return { act: { type: "kick", target, until: now + KICK_MS, ...why } };
    case "mute":
    case "ban":
      return { act: { type: wish.type, target, ...until, ...why } };
    case "unmute":
    case "unban":
      return { act: { type: wish.type, target, ...why } };
    case "role":
      return { act: { type: "role", target, role: wish.role } };
  }
}

/** Removes a file at once, unless another post has it as well; where that fails, the next round of housekeeping does. */
async function removeFile({ blobs, store, log }: Services, post: Post): Promise<void> {
  if (!isFile(post)) return;
  try {
    await blobs[post.type].removeUnused((sha256s) => store.usedFiles(sha256s), [post.sha256]);
  } catch (error) {
    log("housekeeping-failed", { reason: reasonOf(error) });
  }
}
