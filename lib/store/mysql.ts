/**
 * The store in MySQL or MariaDB, which somebody else runs and which may be away.
 *
 * A commit whose answer was lost may have happened. Repeating the call settles it: posts are known by their ids, tokens by
 * their hashes, a chosen account by its salted password hash.
 */
import type { AccountNumber, Draft, Post, RoomId } from "../chat/types.ts";
import { FIRST_ACCOUNT, LAST_ACCOUNT, LOWEST_ACCOUNT } from "./account_numbers.ts";
import { MysqlDatabase, type MysqlOptions } from "./mysql_database.ts";
import { isContention, isDuplicateKey } from "./mysql_errors.ts";
import { insertPosts, postsById } from "./mysql_posts.ts";
import type { MysqlSession, Row } from "./mysql_session.ts";
import { parseMysqlUrl } from "./mysql_url.ts";
import { numbered, postOf, type PostRow } from "./post_row.ts";
import type { AccountRecord, AppendResult, CreateResult, NewAccount, NewToken, PostRange, Store } from "./store.ts";

/** Returns at once, whether the database is there or not. Throws a {@linkcode TypeError} when the URL makes no sense. */
export function openMysql(url: string, options: MysqlOptions = {}): Store {
  return new MysqlStore(new MysqlDatabase(parseMysqlUrl(url), options));
}

class MysqlStore implements Store {
  readonly #database: MysqlDatabase;

  constructor(database: MysqlDatabase) {
    this.#database = database;
  }

  async createAccount(account: NewAccount): Promise<CreateResult> {
    const { account: chosen } = account;
    if (chosen !== undefined) {
      if (await this.#insertAccount(chosen, account)) return { status: "created", account: chosen };
      const owner = await this.account(chosen);
      // The hash has a salt of its own: the same one is the same call, made again.
      return owner?.passwordHash === account.passwordHash
        ? { status: "created", account: chosen }
        : { status: "taken" };
    }
    for (;;) {
      const free = await this.#freeAccount();
      if (free === undefined) return { status: "full" };
      if (await this.#insertAccount(free, account)) return { status: "created", account: free };
      // Somebody else was given it in between: there is one more taken, so this comes to an end.
    }
  }

  async account(number: AccountNumber): Promise<AccountRecord | undefined> {
    const [row] = await this.#rows("SELECT * FROM chat_account WHERE account = ?", number);
    return row && accountOf(row);
  }

  async createToken({ hash, account, createdAt, expiresAt }: NewToken): Promise<void> {
    const sql = "INSERT INTO chat_token (hash, account, created_at, expires_at) VALUES (?, ?, ?, ?)" +
      " ON DUPLICATE KEY UPDATE expires_at = expires_at";
    await this.#database.use((session) => session.run(sql, [hash, account, createdAt, expiresAt]));
  }

  async tokenAccount(hash: string, now: number): Promise<AccountRecord | undefined> {
    const sql =
      "SELECT a.* FROM chat_token t JOIN chat_account a USING (account) WHERE t.hash = ? AND t.expires_at > ?";
    const [row] = await this.#rows(sql, hash, now);
    return row && accountOf(row);
  }

  async deleteToken(hash: string): Promise<void> {
    await this.#database.use((session) => session.run("DELETE FROM chat_token WHERE hash = ?", [hash]));
  }

  async append(room: RoomId, drafts: readonly Draft[], at: number): Promise<readonly AppendResult[]> {
    if (drafts.length === 0) return [];
    return await this.#database.transaction(async (session) => {
      const before = await lockHead(session, room);
      const known = new Map(await postsById(session, drafts.map((draft) => draft.id)));
      const fresh: Post[] = [];
      const results = drafts.map((draft): AppendResult => {
        const existing = known.get(draft.id);
        if (existing?.from.account === draft.from.account) return { status: "duplicate", post: existing };
        if (existing) return { status: "conflict" };
        const post = numbered(draft, before + fresh.length + 1, at);
        fresh.push(post);
        known.set(post.id, post);
        return { status: "stored", post };
      });
      if (fresh.length > 0) {
        await insertPosts(session, room, fresh);
        await session.run("UPDATE chat_room SET head = ? WHERE room = ?", [before + fresh.length, room]);
      }
      return results;
      // A duplicate key: the same id has just been posted in another room. Looked up again, it is found.
    }, { again: (error) => isContention(error) || isDuplicateKey(error) });
  }

  async head(room: RoomId): Promise<number> {
    const [row] = await this.#rows("SELECT head FROM chat_room WHERE room = ?", room);
    return Number(row?.head ?? 0);
  }

  async posts(room: RoomId, { after, before, limit }: PostRange): Promise<readonly Post[]> {
    // A limit goes as text: the library sends numbers as floating point, which MySQL refuses just there.
    if (after !== undefined) {
      const sql = "SELECT * FROM chat_post WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?";
      return postsOf(await this.#rows(sql, room, after, String(limit)));
    }
    const sql = "SELECT * FROM chat_post WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
    return postsOf(await this.#rows(sql, room, before ?? Number.MAX_SAFE_INTEGER, String(limit))).reverse();
  }

  async post(id: string): Promise<{ readonly room: RoomId; readonly post: Post } | undefined> {
    const [row] = await this.#rows("SELECT * FROM chat_post WHERE id = ?", id);
    return row && { room: String(row.room), post: postOf(row as unknown as PostRow) };
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #rows(sql: string, ...values: readonly (string | number)[]): Promise<readonly Row[]> {
    return this.#database.use((session) => session.rows(sql, values));
  }

  /** Whether it was stored; false when somebody has the number. */
  async #insertAccount(account: AccountNumber, { name, passwordHash, createdAt }: NewAccount): Promise<boolean> {
    const sql = "INSERT INTO chat_account (account, name, password_hash, created_at) VALUES (?, ?, ?, ?)";
    try {
      await this.#database.use((session) => session.run(sql, [account, name, passwordHash, createdAt]));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** The lowest free number from 1001 up, else from 100 up. */
  async #freeAccount(): Promise<number | undefined> {
    // The cast keeps the candidates whole numbers, without which the join could not use the key.
    const sql = `
      SELECT MIN(candidate.account) AS free
      FROM (SELECT CAST(? AS SIGNED) AS account UNION ALL SELECT account + 1 FROM chat_account) AS candidate
      LEFT JOIN chat_account AS taken ON taken.account = candidate.account
      WHERE taken.account IS NULL AND candidate.account BETWEEN ? AND ?`;
    for (const first of [FIRST_ACCOUNT, LOWEST_ACCOUNT]) {
      const [row] = await this.#rows(sql, first, first, LAST_ACCOUNT);
      if (typeof row?.free === "number") return row.free;
    }
    return undefined;
  }
}

/** The room's last number; nobody else numbers posts there until this transaction ends. */
async function lockHead(session: MysqlSession, room: RoomId): Promise<number> {
  const sql = "SELECT head FROM chat_room WHERE room = ? FOR UPDATE";
  let [row] = await session.rows(sql, [room]);
  if (!row) {
    await session.run("INSERT INTO chat_room (room, head) VALUES (?, 0) ON DUPLICATE KEY UPDATE head = head", [room]);
    [row] = await session.rows(sql, [room]);
  }
  return Number(row?.head);
}

function accountOf(row: Row): AccountRecord {
  return {
    account: Number(row.account),
    name: String(row.name),
    passwordHash: String(row.password_hash),
    createdAt: Number(row.created_at),
  };
}

const postsOf = (rows: readonly Row[]): Post[] => rows.map((row) => postOf(row as unknown as PostRow));
