/**
 * `chat-server account import`: the accounts of the original program become ours, with the same numbers, names and passwords.
 *
 * The original's table is left as it is. Of a password only a salted hash is stored, and it is never printed. Accounts
 * that are there already are left alone, so that the same import may be run again.
 */
import { dirname } from "node:path";
import { checkAccount, checkName, passwordForm } from "../../chat/account.ts";
import { visibleJson } from "../../chat/visible_json.ts";
import { openStore } from "../../store/open.ts";
import { type OriginalUser, originalUsers } from "../../store/original_users.ts";
import { createPasswordHasher, type PasswordHasher } from "../../store/password.ts";
import type { Store } from "../../store/store.ts";
import { reasonOf } from "../log.ts";
import type { Printer } from "../config/task.ts";

export interface ImportRequest {
  /** Where the original's accounts are: `mysql://…` or a file of SQL. */
  readonly from: string;
  /** Where ours are. */
  readonly database: string;
  readonly json: boolean;
}

/** What became of one row; `account` is what stands there where it is no account. */
type Outcome =
  | { readonly status: "imported" | "present"; readonly account: number; readonly name: string }
  | { readonly status: "refused"; readonly account: string; readonly reason: string };

/** Passwords that are given to the hasher at once. */
const AT_ONCE = 16;

/** Returns the exit code: 0 when everybody is here now, 1 when somebody is not. */
export async function importAccounts(request: ImportRequest, { print, complain }: Printer): Promise<number> {
  const count = { imported: 0, present: 0, refused: 0 };
  try {
    const users = await originalUsers(request.from);
    await makeFolder(request.database);
    const store = await openStore(request.database);
    const passwords = createPasswordHasher();
    try {
      for (let start = 0; start < users.length; start += AT_ONCE) {
        const some = users.slice(start, start + AT_ONCE);
        for (const outcome of await Promise.all(some.map((user) => importUser(user, store, passwords)))) {
          count[outcome.status]++;
          if (request.json) print(visibleJson(outcome));
          else if (outcome.status !== "imported") print(lineOf(outcome));
        }
      }
    } finally {
      passwords.close();
      await store.close();
    }
  } catch (error) {
    complain(`chat-server: ${reasonOf(error)}`);
    complain(`chat-server: ${count.imported} were imported before that; run it again to go on`);
    return 1;
  }
  const { imported, present, refused } = count;
  if (request.json) print(JSON.stringify(count));
  else print(`${imported} imported, ${present} there already, ${refused} refused`);
  return refused === 0 ? 0 : 1;
}

/** Makes the folder of an embedded database, as the server does at its first start. */
async function makeFolder(database: string): Promise<void> {
  const file = /^sqlite:(.+)$/s.exec(database)?.[1];
  if (file !== undefined) await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
}

async function importUser(user: OriginalUser, store: Store, passwords: PasswordHasher): Promise<Outcome> {
  const account = checkAccount(typeof user.account === "string" ? Number(user.account || NaN) : user.account ?? NaN);
  const refuse = (reason: string) => ({ status: "refused", account: String(user.account ?? "?"), reason }) as const;
  if (!account.ok) return refuse(account.reason);
  if (typeof user.username !== "string") return refuse("it has no name");
  const name = checkName(user.username);
  if (!name.ok) return refuse(name.reason);
  if (typeof user.password !== "string" || user.password === "") return refuse("it has no password");
  // The rule for new passwords is not asked: whoever has one goes on using it.
  const password = passwordForm(user.password);
  if (!password.ok) return refuse(password.reason);
  const imported = { account: account.value, name: name.value };
  if (await store.account(account.value)) return { status: "present", ...imported };
  const passwordHash = await passwords.hash(password.value);
  const { status } = await store.createAccount({ ...imported, passwordHash, createdAt: timeOf(user.createTime) });
  return { status: status === "created" ? "imported" : "present", ...imported };
}

/** When the account was made, as this machine tells the time; now, where that does not stand there. */
function timeOf(createTime: OriginalUser["createTime"]): number {
  const digits = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(String(createTime));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (digits ?? []).slice(1).map(Number);
  const time = new Date(year, month - 1, day, hour, minute, second).getTime();
  return digits && year > 1970 ? time : Date.now();
}

function lineOf(outcome: Outcome): string {
  if (outcome.status === "refused") return `${visible(outcome.account)}: refused, ${outcome.reason}`;
  return `${outcome.account} (${outcome.name}): there already, left as it is`;
}

/** Text from elsewhere, without what could move a cursor. */
const visible = (text: string): string => visibleJson(text).slice(1, -1);
