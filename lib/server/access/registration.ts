/** Who may make an account: anybody, somebody with an invitation, or nobody. */
import { ownersOf } from "../../chat/permission.ts";
import { LOBBY } from "../../chat/types.ts";
import { codeHash } from "../../store/code.ts";
import type { Services } from "../services.ts";

export const REGISTRATIONS = ["open", "invite", "closed"] as const;
export type Registration = typeof REGISTRATIONS[number];

export type Entry =
  | {
    readonly ok: true; /** The invitation's hash, to be used up with the account's creation. */
    readonly invite?: string;
  }
  | { readonly ok: false; readonly code: "registration-closed" | "invite-required" | "invite-invalid" };

/** Whether somebody with this code, or none, may make an account. Rejects while the store is away. */
export async function mayRegister(
  { registration, store, rooms }: Pick<Services, "registration" | "store" | "rooms">,
  code: string | undefined,
): Promise<Entry> {
  if (registration === "open") return { ok: true };
  if (code === undefined || code.trim() === "") {
    return { ok: false, code: registration === "closed" ? "registration-closed" : "invite-required" };
  }
  const hash = codeHash(code), now = Date.now();
  // Whoever is to be the first owner must be able to come in. The code is used up by that, and not by this.
  const open = await rooms.get(LOBBY);
  const isOwnerless = open !== undefined && ownersOf(open.room.moderation) === 0;
  if (isOwnerless && await store.hasCode(hash, { kind: "owner", now })) return { ok: true };
  if (registration === "closed") return { ok: false, code: "registration-closed" };
  // Before the password is hashed, which costs more than to guess.
  if (!await store.hasCode(hash, { kind: "invite", now })) return { ok: false, code: "invite-invalid" };
  return { ok: true, invite: hash };
}
