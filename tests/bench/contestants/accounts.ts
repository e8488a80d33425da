/** Accounts for the load: number N has the token `bench-token-N` and the password `bench-password`, as load/modern.c says. */
import { createPasswordHasher } from "../../../lib/store/password.ts";
import type { SqliteDatabase } from "../../../lib/store/sqlite_database.ts";
import type { Store } from "../../../lib/store/store.ts";
import { tokenHash } from "../../../lib/store/token.ts";

export const FIRST_ACCOUNT = 1000;
export const PASSWORD = "bench-password";
/** Calls to a database under way at once. */
const AT_ONCE = 32;

let hashed: Promise<string> | undefined;

async function passwordHash(): Promise<string> {
  const hasher = createPasswordHasher({ workers: 1 });
  try {
    return await hasher.hash(PASSWORD);
  } finally {
    hasher.close();
  }
}

/** Makes so many accounts. They share one password hash, since a hash of its own for each would take longer than the bench. */
export async function seedAccounts(
  store: Pick<SqliteDatabase | Store, "createAccount" | "createToken">,
  count: number,
): Promise<void> {
  const hash = await (hashed ??= passwordHash());
  const make = async (account: number) => {
    await store.createAccount({ account, name: `n${account}`, passwordHash: hash, createdAt: 1 });
    await store.createToken({ hash: tokenHash(`bench-token-${account}`), account, createdAt: 1, expiresAt: 2 ** 52 });
  };
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => make(FIRST_ACCOUNT + at + index));
    await Promise.all(some);
  }
}
