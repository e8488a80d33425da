/** Registering and logging in as the old client does: the answer is a number, whatever happens, and never silence. */
import { checkName, checkPassword, parseAccount } from "../../chat/account.ts";
import { type Account, LOBBY } from "../../chat/types.ts";
import { type LegacyCredentials, LegacyStatus } from "../../protocol/legacy.ts";
import { within } from "../../net/within.ts";
import { PasswordQueueFull } from "../../store/password.ts";
import { StoreUnavailable } from "../../store/store.ts";
import { type ConnectionLog, reasonOf } from "../log.ts";
import { authenticate, type Authenticated, type Authenticating } from "../access/authenticate.ts";
import { enter } from "../access/entry.ts";
import { mayRegister } from "../access/registration.ts";
import type { Peer } from "../limits/peer.ts";
import type { Services } from "../services.ts";

export interface Asking<C extends LegacyCredentials> {
  readonly services: Authenticating & Pick<Services, "rooms" | "people" | "metrics" | "registration">;
  readonly peer: Peer;
  /** Resolves when there is nobody to answer any more. */
  readonly closed: Promise<void>;
  /** Nothing when what came was no such message. */
  readonly credentials: C | undefined;
  readonly log: ConnectionLog;
}

export async function legacyRegister(
  { services, peer, credentials, log }: Asking<LegacyCredentials & { readonly username: string }>,
): Promise<LegacyStatus> {
  if (!credentials) return LegacyStatus.refused;
  const account = parseAccount(credentials.account);
  const name = checkName(credentials.username);
  const password = checkPassword(credentials.password);
  if (!account.ok || !name.ok || !password.ok) return LegacyStatus.refused;
  const { store, passwords, guard, metrics } = services;
  if (!peer.exempt && guard.registrations.take(peer.network) > 0) {
    log("registration-put-off");
    metrics.refused("too-many-registrations");
    return LegacyStatus.refused;
  }
  const answer = await answered(log, async () => {
    // The old client has no place for a code: where one is needed, accounts are made with the new one.
    if (!(await mayRegister(services, undefined)).ok || await enter(services, { address: peer.address })) {
      return LegacyStatus.refused;
    }
    if (await store.account(account.value)) return LegacyStatus.refused;
    const passwordHash = await passwords.hash(password.value, peer.network);
    const { status } = await store.createAccount({
      account: account.value,
      name: name.value,
      passwordHash,
      createdAt: Date.now(),
    });
    if (status !== "created") return LegacyStatus.refused;
    log("registered", { registered: account.value });
    return LegacyStatus.ok;
  });
  return "failure" in answer ? LegacyStatus.refused : answer.value;
}

/**
 * Whose account and password these are, with `admit` having been called for them; nothing when they are nobody's, when that one may
 * not come in, or when that cannot be found out now.
 */
export async function legacyAuthenticate(
  { services, peer, credentials, log, closed }: Asking<LegacyCredentials>,
  admit: (account: Account) => void,
): Promise<Account | undefined> {
  const { legacy } = services.metrics.logins;
  if (!credentials) {
    legacy.refused++;
    return undefined;
  }
  const number = parseAccount(credentials.account);
  const tried = { account: number.ok ? number.value : 0, password: credentials.password, peer };
  const answer = await answered(log, async () => {
    // A room that cannot be entered is no use to somebody who can be told so only now.
    await services.rooms.get(LOBBY);
    let seen = services.people.revocations;
    let found = await authenticate(services, tried);
    // It knows no "later" but a later answer.
    if (isSoon(found)) {
      await within(closed, found.wait);
      seen = services.people.revocations;
      found = await authenticate(services, tried);
    }
    if (found.status === "right") {
      const { account, name } = found.record;
      const who = { account, name };
      const refusal = await enter(services, { account, address: peer.address, seen, admit: () => admit(who) });
      if (refusal) log("entry-refused", { tried: account, code: refusal.code });
      return refusal ? undefined : who;
    }
    if (found.status === "later") log("login-put-off", { tried: tried.account });
    else log("login-refused", { tried: tried.account });
    return undefined;
  });
  if ("failure" in answer) legacy[answer.failure]++;
  else if (!answer.value) legacy.refused++;
  return "failure" in answer ? undefined : answer.value;
}

/** What an old client that has to wait is answered late, in milliseconds; beyond that it is refused. */
const PATIENCE_MS = 10_000;

const isSoon = (found: Authenticated): found is Extract<Authenticated, { status: "later" }> =>
  found.status === "later" && found.wait <= PATIENCE_MS;

type Answered<T> = { readonly value: T } | { readonly failure: "busy" | "unavailable" };

/** What `work` answers, or why it cannot. Even a mistake of ours is answered: a closed connection would count as a yes. */
async function answered<T>(log: ConnectionLog, work: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const isBusy = error instanceof PasswordQueueFull;
    const isPassing = isBusy || error instanceof StoreUnavailable;
    if (isPassing) log("login-unanswerable", { reason: reasonOf(error) });
    else log("command-failed", { reason: reasonOf(error), stack: error instanceof Error ? error.stack : "" });
    return { failure: isBusy ? "busy" : "unavailable" };
  }
}
