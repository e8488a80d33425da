/** Who somebody is: registering, logging in by password or by a device's token, logging out. */
import { checkAccount, checkName, checkPassword, MAX_PASSWORD, passwordForm } from "../chat/account.ts";
import type { CommandOf } from "../protocol/command.ts";
import { errorMessage } from "../protocol/server_message.ts";
import { PasswordQueueFull } from "../store/password.ts";
import { type AccountRecord, StoreUnavailable } from "../store/store.ts";
import { newToken, tokenHash } from "../store/token.ts";
import type { Services } from "./services.ts";
import type { Reply, SessionContext } from "./session_context.ts";

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

  const { store, passwords } = session.services;
  const owner = command.account === undefined ? undefined : await store.account(command.account);
  if (owner) {
    // Whoever lost the answer to a registration asks again, with the same name and password: the account is theirs.
    const again = owner.name === name.value && await unlessBusy(passwords.verify(password.value, owner.passwordHash));
    if (again === BUSY) return busy(request);
    return again ? await welcome(session, owner, command) : errorMessage("account-taken", { request });
  }
  const passwordHash = await unlessBusy(passwords.hash(password.value));
  if (passwordHash === BUSY) return busy(request);
  const created = await store.createAccount({
    ...(command.account === undefined ? {} : { account: command.account }),
    name: name.value,
    passwordHash,
    createdAt: Date.now(),
  });
  if (created.status === "taken") return errorMessage("account-taken", { request });
  if (created.status === "full") return errorMessage("accounts-full", { request });
  session.log("registered", { registered: created.account });
  return await welcome(session, { account: created.account, name: name.value }, command);
}

export async function login(session: SessionContext, command: CommandOf<"login">): Promise<Reply> {
  const { request } = command;
  if (session.account) return errorMessage("already-logged-in", { request });
  const record = await unlessBusy(authenticate(session.services, command));
  if (record === BUSY) return busy(request);
  if (!record) {
    session.log("login-refused", { tried: command.account });
    return errorMessage("wrong-credentials", { request });
  }
  return await welcome(session, record, command);
}

/**
 * The account, if it is there and that is its password. One that does not exist costs the same time as a wrong password.
 * Rejects with {@linkcode PasswordQueueFull} when too many are being checked.
 */
export async function authenticate(
  { store, passwords }: Pick<Services, "store" | "passwords">,
  tried: { readonly account: number; readonly password: string },
): Promise<AccountRecord | undefined> {
  const number = checkAccount(tried.account);
  const password = passwordForm(tried.password);
  const record = number.ok ? await store.account(number.value) : undefined;
  const right = record && password.ok
    ? await passwords.verify(password.value, record.passwordHash)
    // No hash is made of nothing at all.
    : await passwords.verifyNothing(tried.password.slice(0, MAX_PASSWORD) || "-");
  return right ? record : undefined;
}

export async function resume(session: SessionContext, command: CommandOf<"resume">): Promise<Reply> {
  const { request, token } = command;
  if (session.account) return errorMessage("already-logged-in", { request });
  const record = await session.services.store.tokenAccount(tokenHash(token), Date.now());
  if (!record) return errorMessage("token-invalid", { request });
  session.admit({ account: record.account, name: record.name });
  return { op: "logged-in", request, account: record.account, name: record.name };
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
  record: Pick<AccountRecord, "account" | "name">,
  command: CommandOf<"login"> | CommandOf<"register">,
): Promise<Reply> {
  const { account, name } = record;
  const reply = { op: "logged-in", request: command.request, account, name } as const;
  if (!command.remember) {
    session.admit({ account, name });
    return reply;
  }
  const { token, hash } = newToken();
  const createdAt = Date.now();
  const expires = createdAt + TOKEN_MS;
  await session.services.store.createToken({ hash, account, createdAt, expiresAt: expires });
  session.admit({ account, name });
  return { ...reply, token, expires };
}

const sentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;

const BUSY = Symbol("busy");
const busy = (request: number) => errorMessage("busy", { request, retryAfter: BUSY_RETRY_MS });

async function unlessBusy<T>(work: Promise<T>): Promise<T | typeof BUSY> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PasswordQueueFull) return BUSY;
    throw error;
  }
}
