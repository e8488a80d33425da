/** The embedded database in a thread of its own, so that a slow disk never stalls a socket. */
import type { Draft } from "../chat/types.ts";
import type { Durability } from "./sqlite_connection.ts";
import { SqliteDatabase } from "./sqlite_database.ts";
import type {
  CodeKind,
  NewAccount,
  NewCode,
  NewToken,
  PasswordChange,
  PostRange,
  SearchQuery,
  TrimRule,
} from "./store.ts";
import { serveCalls } from "./worker_host.ts";

let opened: SqliteDatabase | undefined;

function database(): SqliteDatabase {
  if (!opened) throw new Error("Cannot use the database: it is not open");
  return opened;
}

/** Milliseconds from a post to indexing, and at least between two steps of it. */
const INDEX_WAIT_MS = 100;
const INDEX_PAUSE_MS = 10;
/** How many times longer than a step the pause behind it is: posting comes first, so while it goes on there is one step in 20 parts. */
const INDEX_PAUSE_SHARE = { quiet: 4, posting: 19 } as const;
/** When it could not be done, for want of room on the disk say. */
const INDEX_RETRY_MS = 5000;
let indexing: ReturnType<typeof setTimeout> | undefined;
/** Whether something was posted since the last step. */
let posting = false;

/** Brings what is new into the index for searching, step by step, until nothing is. */
function indexSoon(waitMs = INDEX_WAIT_MS): void {
  indexing ??= setTimeout(() => {
    indexing = undefined;
    const started = performance.now();
    try {
      if (!database().index()) return;
    } catch {
      return indexSoon(INDEX_RETRY_MS);
    }
    const share = INDEX_PAUSE_SHARE[posting ? "posting" : "quiet"];
    posting = false;
    indexSoon(Math.max(INDEX_PAUSE_MS, share * (performance.now() - started)));
  }, waitMs);
}

serveCalls({
  open: (file: string, durability: Durability) => {
    opened = new SqliteDatabase(file, durability);
    indexSoon();
  },
  createAccount: (account: NewAccount) => database().createAccount(account),
  account: (number: number) => database().account(number),
  accounts: (range: { readonly after: number; readonly limit: number }) => database().accounts(range),
  changePassword: (change: PasswordChange) => database().changePassword(change),
  createToken: (token: NewToken) => database().createToken(token),
  tokenAccount: (hash: string, now: number) => database().tokenAccount(hash, now),
  deleteToken: (hash: string) => database().deleteToken(hash),
  createCode: (code: NewCode) => database().createCode(code),
  hasCode: (hash: string, code: { readonly kind: CodeKind; readonly now: number }) => database().hasCode(hash, code),
  deleteCodes: (kind: CodeKind) => database().deleteCodes(kind),
  deleteTokens: (account: number, except: string | undefined) => database().deleteTokens(account, except),
  useToken: (hash: string, at: number) => database().useToken(hash, at),
  devices: (account: number, now: number) => database().devices(account, now),
  append: (room: string, drafts: readonly Draft[], at: number) => {
    posting = true;
    indexSoon();
    return database().append(room, drafts, at);
  },
  head: (room: string) => database().head(room),
  first: (room: string) => database().first(room),
  posts: (room: string, range: PostRange) => database().posts(room, range),
  post: (id: string) => database().post(id),
  moderation: (room: string) => database().moderation(room),
  audit: (room: string, range: { readonly before: number; readonly limit: number }) => database().audit(room, range),
  search: (room: string, query: SearchQuery) => database().search(room, query),
  trim: (room: string, rule: TrimRule) => database().trim(room, rule),
  fileBytes: (account: number) => database().fileBytes(account),
  usedFiles: (sha256s: readonly string[]) => database().usedFiles(sha256s),
  close: () => {
    clearTimeout(indexing);
    opened?.close();
    opened = undefined;
  },
});
