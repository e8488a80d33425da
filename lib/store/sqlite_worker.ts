/** The embedded database in a thread of its own, so that a slow disk never stalls a socket. */
import type { Draft } from "../chat/types.ts";
import { type Durability, SqliteDatabase } from "./sqlite_database.ts";
import type { NewAccount, NewToken, PostRange, TrimRule } from "./store.ts";
import { serveCalls } from "./worker_host.ts";

let opened: SqliteDatabase | undefined;

function database(): SqliteDatabase {
  if (!opened) throw new Error("Cannot use the database: it is not open");
  return opened;
}

serveCalls({
  open: (file: string, durability: Durability) => {
    opened = new SqliteDatabase(file, durability);
  },
  createAccount: (account: NewAccount) => database().createAccount(account),
  account: (number: number) => database().account(number),
  createToken: (token: NewToken) => database().createToken(token),
  tokenAccount: (hash: string, now: number) => database().tokenAccount(hash, now),
  deleteToken: (hash: string) => database().deleteToken(hash),
  append: (room: string, drafts: readonly Draft[], at: number) => database().append(room, drafts, at),
  head: (room: string) => database().head(room),
  first: (room: string) => database().first(room),
  posts: (room: string, range: PostRange) => database().posts(room, range),
  post: (id: string) => database().post(id),
  trim: (room: string, rule: TrimRule) => database().trim(room, rule),
  usedFiles: (sha256s: readonly string[]) => database().usedFiles(sha256s),
  close: () => {
    opened?.close();
    opened = undefined;
  },
});
