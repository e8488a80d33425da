/** Whose account and password these are; both dialects ask here, and every guess is counted here. */
import { checkAccount, MAX_PASSWORD, passwordForm } from "../../chat/account.ts";
import { isWeaker } from "../../store/password_parameters.ts";
import { PasswordQueueFull } from "../../store/password.ts";
import { type AccountRecord, StoreUnavailable } from "../../store/store.ts";
import type { Peer } from "../limits/peer.ts";
import type { Services } from "../services.ts";

export type Authenticating = Pick<Services, "store" | "passwords" | "guard">;

export interface Tried {
  readonly account: number;
  readonly password: string;
  readonly peer: Peer;
}

export type Authenticated =
  | { readonly status: "right"; readonly record: AccountRecord }
  | { readonly status: "wrong" }
  /** Not looked at: there were too many wrong ones. Milliseconds to wait. */
  | { readonly status: "later"; readonly wait: number };

/**
 * The account, if it is there and that is its password. One that does not exist costs the same time as a wrong password.
 * Rejects with {@linkcode PasswordQueueFull} when too many are being checked.
 */
export async function authenticate(services: Authenticating, tried: Tried): Promise<Authenticated> {
  const { guard, store } = services;
  const { account, peer } = tried;
  const attempt = peer.exempt ? undefined : guard.guesses.begin(account, peer.network);
  if (attempt && !attempt.end) return { status: "later", wait: attempt.wait };
  let right: boolean | undefined;
  try {
    const number = checkAccount(account);
    const record = number.ok ? await store.account(number.value) : undefined;
    right = await isPassword(services, tried, record);
    return right && record ? { status: "right", record } : { status: "wrong" };
  } finally {
    attempt?.end(right);
  }
}

async function isPassword(
  { store, passwords }: Pick<Authenticating, "store" | "passwords">,
  { password: typed, peer }: Pick<Tried, "password" | "peer">,
  record: AccountRecord | undefined,
): Promise<boolean> {
  const password = passwordForm(typed);
  if (!record || !password.ok) {
    // No hash is made of nothing at all.
    return await passwords.verifyNothing(typed.slice(0, MAX_PASSWORD) || "-", peer.network);
  }
  const { account, passwordHash } = record;
  const right = await passwords.verify(password.value, passwordHash, peer.network);
  // Nobody is to wait for it: another login will do.
  if (right && isWeaker(passwordHash) && passwords.idle) {
    try {
      const stronger = await passwords.hash(password.value, peer.network);
      await store.changePassword({ account, from: passwordHash, to: stronger });
    } catch (error) {
      if (!(error instanceof PasswordQueueFull || error instanceof StoreUnavailable)) throw error;
    }
  }
  return right;
}
