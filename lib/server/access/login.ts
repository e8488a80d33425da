/** Who somebody is: registering, logging in by password or by a device's token, logging out. */
import { checkAccount, checkName, checkPassword } from "../../chat/account.ts";
import { cleanDeviceName } from "../../chat/text.ts";
import type { Account } from "../../chat/types.ts";
import type { CommandOf } from "../../protocol/command.ts";
import { errorMessage } from "../../protocol/server_message.ts";
import { PasswordQueueFull } from "../../store/password.ts";
import { type AccountRecord, StoreUnavailable } from "../../store/store.ts";
import { newToken, tokenHash } from "../../store/token.ts";
import { authenticate } from "./authenticate.ts";
import { enter, type EntryRefusal } from "./entry.ts";
import { refused } from "../moderation/refused.ts";
import { mayRegister } from "./registration.ts";
import type { Reply, SessionContext } from "../session_context.ts";

/** A device's token holds this long from the login that made it. */
export const TOKEN_MS = 30 * 24 * 3600 * 1000;
/** How long to wait when too many passwords are being checked: about as long as a full waiting line takes. */
const BUSY_RETRY_MS = 5000;

export async function register(session: SessionContext, command: CommandOf<"register">): Promise<Reply> {
  const { request } = command;
  if (session.account) return errorMessage("already-logged-in", { request });
  if (command.account !== undefined) {
    const number = checkAccount(command.account);
    if (!number.ok) return errorMessage("bad-account", { request, message: sentence(number.reason) });
  }
  const name = checkName(command.name);
  if (!name.ok) return errorMessage("bad-name", { request, message: sentence(name.reason) });
  const password = checkPassword(command.password);
  if (!password.ok) return errorMessage("bad-password", { request, message: sentence(password.reason) });

  const { services, peer } = session;
  const { store, passwords, guard } = services;
  const seen = services.people.revocations;
  const retryAfter = peer.exempt ? 0 : guard.registrations.take(peer.network);
  if (retryAfter > 0) {
    session.log("registration-put-off");
    return errorMessage("too-many-registrations", { request, retryAfter });
  }
  const keptOut = await enter(services, { address: peer.address });
  if (keptOut) return turnedAway(session, keptOut, { request });
  const owner = command.account === undefined ? undefined : await store.account(command.account);
  if (owner) {
    // Whoever lost the answer to a registration asks again, with the same name and password: the account is theirs.
    if (owner.name !== name.value) return errorMessage("account-taken", { request });
    const tried = { account: owner.account, password: password.value, peer };
    const again = await unlessBusy(authenticate(services, tried));
    if (again === BUSY) return busy(request);
    if (again.status === "later") return later(request, again.wait);
    return again.status === "right"
      ? await welcome(session, { ...owner, seen }, command)
      : errorMessage("account-taken", { request });
  }
  const entry = await mayRegister(services, command.invite);
  if (!entry.ok) return errorMessage(entry.code, { request });
  const passwordHash = await unlessBusy(passwords.hash(password.value, peer.network));
  if (passwordHash === BUSY) return busy(request);
  const created = await store.createAccount({
    ...(command.account === undefined ? {} : { account: command.account }),
    name: name.value,
    passwordHash,
    createdAt: Date.now(),
    ...(entry.invite === undefined ? {} : { invite: entry.invite }),
  });
  if (created.status === "not-invited") return errorMessage("invite-invalid", { request });
  if (created.status === "taken") return errorMessage("account-taken", { request });
  if (created.status === "full") return errorMessage("accounts-full", { request });
  session.log("registered", { registered: created.account });
  return await welcome(session, { account: created.account, name: name.value, seen }, command);
}

export async function login(session: SessionContext, command: CommandOf<"login">): Promise<Reply> {
  const { request } = command;
  if (session.account) return errorMessage("already-logged-in", { request });
  const { services, peer } = session;
  const { account, password } = command;
  const seen = services.people.revocations;
  const found = await unlessBusy(authenticate(services, { account, password, peer }));
  if (found === BUSY) return busy(request);
  switch (found.status) {
    case "right":
      return await welcome(session, { ...found.record, seen }, command);
    case "wrong":
      session.log("login-refused", { tried: account });
      return errorMessage("wrong-credentials", { request });
    case "later":
      session.log("login-put-off", { tried: account });
      return later(request, found.wait);
  }
}

export async function resume(session: SessionContext, command: CommandOf<"resume">): Promise<Reply> {
  const { request, token } = command;
  if (session.account) return errorMessage("already-logged-in", { request });
  const { store, people } = session.services;
  const hash = tokenHash(token);
  let seen: number, record: AccountRecord | undefined;
  do {
    seen = people.revocations;
    record = await store.tokenAccount(hash, Date.now());
  } while (record && people.revocations !== seen);
  if (!record) return errorMessage("token-invalid", { request });
  const { account, name } = record;
  const arrival = {
    account,
    address: session.peer.address,
    seen,
    admit: () => session.admit({ account, name }, hash),
  };
  session.services.guard.guesses.know(account, session.peer.network);
  const keptOut = await enter(session.services, arrival);
  if (keptOut) return turnedAway(session, keptOut, { request, account });
  // For the list of devices alone: nobody waits for it, and without it nothing is wrong but the list.
  store.useToken(hash, Date.now()).catch(() => {});
  return { op: "logged-in", request, account, name };
}

/** Makes a device's token void, if one was named; whether that could be done. A database that is away keeps nobody here. */
export async function forget(session: SessionContext, { forget: token }: CommandOf<"logout">): Promise<boolean> {
  if (token === undefined) return true;
  try {
    await session.services.store.deleteToken(tokenHash(token));
    return true;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return false;
  }
}

async function welcome(
  session: SessionContext,
  { account, name, seen }: Account & { readonly seen: number },
  command: CommandOf<"login"> | CommandOf<"register">,
): Promise<Reply> {
  const { services, peer: { address } } = session;
  const { request } = command;
  let hash: string | undefined;
  const arrival = { account, address, seen, admit: () => session.admit({ account, name }, hash) };
  let remembered: { readonly token: string; readonly expires: number } | undefined;
  if (command.remember && !await enter(services, { account, address, seen })) {
    const made = newToken();
    hash = made.hash;
    const createdAt = Date.now();
    remembered = { token: made.token, expires: createdAt + TOKEN_MS };
    const called = cleanDeviceName(command.device ?? "");
    await services.store.createToken({ hash, account, name: called, createdAt, expiresAt: remembered.expires });
  }
  const keptOut = await enter(services, arrival);
  // Whatever was made void meanwhile did not know of this one.
  if (keptOut && hash) await services.store.deleteToken(hash);
  return keptOut
    ? turnedAway(session, keptOut, { request, account })
    : { op: "logged-in", request, account, name, ...remembered };
}

/** The answer to somebody who is banned or was kicked: told only to those who have proved who they are, or by their address. */
function turnedAway(
  session: SessionContext,
  refusal: EntryRefusal,
  { request, account }: { readonly request: number; readonly account?: number },
): Reply {
  session.log("entry-refused", { tried: account, code: refusal.code });
  return refused(refusal, { request });
}

const sentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;

const BUSY = Symbol("busy");
const later = (request: number, retryAfter: number) => errorMessage("too-many-attempts", { request, retryAfter });
const busy = (request: number) => errorMessage("busy", { request, retryAfter: BUSY_RETRY_MS });

async function unlessBusy<T>(work: Promise<T>): Promise<T | typeof BUSY> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PasswordQueueFull) return BUSY;
    throw error;
  }
}
