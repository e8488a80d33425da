/** Accounts from the machine: who has one, a new password for somebody who has lost theirs, and letting nobody in by one. */
import { checkPassword } from "../../chat/account.ts";
import { LOBBY } from "../../chat/types.ts";
import type { AccountRecord } from "../../store/store.ts";
import { newToken } from "../../store/token.ts";
import type { AdminContext } from "./admin_commands.ts";
import { Refusal, type Row } from "./admin_protocol.ts";
import type { Services } from "../services.ts";

/** Accounts read from the database at once. */
const PAGE = 500;

/** All of them, by number. */
export async function* accountRows({ services, admission }: AdminContext): AsyncGenerator<Row> {
  const { store } = services;
  const { roles } = await store.moderation(LOBBY);
  const here = new Set(admission.seats().map((seat) => seat.account?.account));
  for (let after = 0, more = true; more;) {
    const page = await store.accounts({ after, limit: PAGE });
    for (const { account, name, createdAt } of page) {
      yield { account, name, role: roles.get(account)?.role ?? "member", created: createdAt, here: here.has(account) };
      after = account;
    }
    more = page.length === PAGE;
  }
}

/** Sets a password, and logs every device out. */
export async function setPassword(
  { services }: AdminContext,
  { account, password }: { readonly account: number; readonly password: string },
): Promise<readonly Row[]> {
  const checked = checkPassword(password);
  if (!checked.ok) throw new Refusal("refused", `Cannot use it: ${checked.reason}.`);
  return await replacePassword(services, { account, password: checked.value, op: "account-password" });
}

/** Makes the password one that nobody knows: the number stays taken and what was said stays, but nobody gets in by it. */
export async function closeAccount(
  { services }: AdminContext,
  { account }: { readonly account: number },
): Promise<readonly Row[]> {
  return await replacePassword(services, { account, password: newToken().token, op: "account-remove" });
}

async function replacePassword(
  { store, passwords, people, log }: Services,
  { account, password, op }: { readonly account: number; readonly password: string; readonly op: string },
): Promise<readonly Row[]> {
  const to = await passwords.hash(password, "operator");
  let record: AccountRecord | undefined;
  do {
    record = await store.account(account);
    if (!record) throw new Refusal("no-such-account", `There is no account ${account}.`);
    // Somebody may change theirs in between: the operator's word is the last one.
  } while (!await store.changePassword({ account, from: record.passwordHash, to }));
  const devices = await store.devices(account, Date.now());
  await store.deleteTokens(account, undefined);
  people.revoke(account, () => true);
  log("admin", { op, account });
  return [{ account, name: record.name, devices: devices.length }];
}
