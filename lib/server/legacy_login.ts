/** Registering and logging in as the old client does: the answer is a number, whatever happens, and never silence. */
import { checkName, checkPassword, parseAccount } from "../chat/account.ts";
import { type Account, LOBBY } from "../chat/types.ts";
import { type LegacyCredentials, LegacyStatus } from "../protocol/legacy.ts";
import { PasswordQueueFull } from "../store/password.ts";
import { StoreUnavailable } from "../store/store.ts";
import { type ConnectionLog, reasonOf } from "./log.ts";
import { authenticate } from "./login.ts";
import type { Services } from "./services.ts";

export interface Asking<C extends LegacyCredentials> {
  readonly services: Pick<Services, "store" | "passwords" | "rooms" | "metrics">;
  /** Nothing when what came was no such message. */
  readonly credentials: C | undefined;
  readonly log: ConnectionLog;
}

export async function legacyRegister(
  { services, credentials, log }: Asking<LegacyCredentials & { readonly username: string }>,
): Promise<LegacyStatus> {
  if (!credentials) return LegacyStatus.refused;
  const account = parseAccount(credentials.account);
  const name = checkName(credentials.username);
  const password = checkPassword(credentials.password);
  if (!account.ok || !name.ok || !password.ok) return LegacyStatus.refused;
  const answer = await answered(log, async () => {
    const { store, passwords } = services;
    if (await store.account(account.value)) return LegacyStatus.refused;
    const passwordHash = await passwords.hash(password.value);
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

/** Whose account and password these are; nothing when they are nobody's, or when that cannot be found out now. */
export async function legacyAuthenticate(
  { services, credentials, log }: Asking<LegacyCredentials>,
): Promise<Account | undefined> {
  const { legacy } = services.metrics.logins;
  if (!credentials) {
    legacy.refused++;
    return undefined;
  }
  const number = parseAccount(credentials.account);
  const tried = { account: number.ok ? number.value : 0, password: credentials.password };
  const answer = await answered(log, async () => {
    // A room that cannot be entered is no use to somebody who can be told so only now.
    await services.rooms.get(LOBBY);
    const record = await authenticate(services, tried);
    if (!record) log("login-refused", { tried: tried.account });
    return record && { account: record.account, name: record.name };
  });
  if ("failure" in answer) legacy[answer.failure]++;
  else if (!answer.value) legacy.refused++;
  return "failure" in answer ? undefined : answer.value;
}

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
