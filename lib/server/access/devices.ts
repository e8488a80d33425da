/** One person's devices: which there are, logging them out, and a new password, which logs out all others. */
import { checkPassword } from "../../chat/account.ts";
import type { Account } from "../../chat/types.ts";
import type { CommandOf } from "../../protocol/command.ts";
import { errorMessage } from "../../protocol/server_message.ts";
import { PasswordQueueFull } from "../../store/password.ts";
import { authenticate } from "./authenticate.ts";
import type { Reply, SessionContext } from "../session_context.ts";

const BUSY_RETRY_MS = 5000;

export async function listDevices(
  session: SessionContext,
  { account }: Account,
  { request }: CommandOf<"devices">,
): Promise<Reply> {
  const { services: { store }, token } = session;
  const devices = (await store.devices(account, Date.now())).map(({ hash, device, name, createdAt, usedAt }) => ({
    device,
    name,
    created: createdAt,
    used: usedAt,
    current: hash === token,
  }));
  return { op: "devices", request, devices };
}

/** Logs one device out, or all of them, this one included; also what is open without a token then. */
export async function revoke(
  session: SessionContext,
  { account }: Account,
  { request, device }: CommandOf<"revoke">,
): Promise<Reply> {
  const { store, people } = session.services;
  const devices = await store.devices(account, Date.now());
  const gone = device === undefined ? devices : devices.filter((one) => one.device === device);
  if (device !== undefined && gone.length === 0) return errorMessage("unknown-device", { request });
  for (const { hash } of gone) await store.deleteToken(hash);
  const hashes = new Set(gone.map(({ hash }) => hash));
  session.log("devices-revoked", { removed: gone.length });
  // Said before this one is ended as well.
  session.send({ op: "revoked", request, count: gone.length });
  people.revoke(account, ({ token }) => device === undefined || (token !== undefined && hashes.has(token)));
  return undefined;
}

export async function changePassword(
  session: SessionContext,
  { account }: Account,
  command: CommandOf<"password">,
): Promise<Reply> {
  const { request } = command;
  const { services, peer } = session;
  const { store, people, passwords } = services;
  const fresh = checkPassword(command.new);
  if (!fresh.ok) return errorMessage("bad-password", { request, message: `Cannot use it: ${fresh.reason}.` });
  try {
    const found = await authenticate(services, { account, password: command.old, peer });
    if (found.status === "later") return errorMessage("too-many-attempts", { request, retryAfter: found.wait });
    if (found.status === "wrong") return errorMessage("wrong-credentials", { request });
    const to = await passwords.hash(fresh.value, peer.network);
    const changed = await store.changePassword({ account, from: found.record.passwordHash, to });
    // Another change, or a stronger hash of the same password, came first.
    if (!changed) return errorMessage("busy", { request, retryAfter: 0 });
  } catch (error) {
    if (error instanceof PasswordQueueFull) return errorMessage("busy", { request, retryAfter: BUSY_RETRY_MS });
    throw error;
  }
  await store.deleteTokens(account, session.token);
  people.revoke(account, ({ peer: other }) => other !== peer);
  session.log("password-changed");
  return { op: "password-changed", request };
}
