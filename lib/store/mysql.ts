/**
 * The store in MySQL or MariaDB, which somebody else runs and which may be away.
 *
 * A commit whose answer was lost may have happened. Repeating the call settles it: posts are known by their ids, tokens by
 * their hashes, a chosen account by its salted password hash.
 */
import type { RoomSize } from "../chat/retention.ts";
import type { Moderation } from "../chat/moderation.ts";
import type { AccountNumber, ActPost, Draft, Post, RoomId } from "../chat/types.ts";
import { planAppend } from "./append.ts";
import type { OnState } from "./availability.ts";
import { auditIn, enact, moderationIn } from "./mysql_acts.ts";
import { MysqlDatabase } from "./mysql_database.ts";
import { isContention, isDuplicateKey } from "./mysql_errors.ts";
import { postsById, postsIn, searchIn, storePosts } from "./mysql_posts.ts";
import type { MysqlSession, SqlValue } from "./mysql_session.ts";
import { parseMysqlUrl } from "./mysql_url.ts";
import {
  COUNT_DEVICE,
  DELETE_CODE,
  DELETE_CODES,
  DELETE_EXPIRED_TOKENS,
  DELETE_OLD_DEVICES,
  DELETE_PAST_CODES,
  DELETE_POSTS,
  DELETE_TOKEN,
  DELETE_TOKENS,
  INSERT_ACCOUNT,
  INSERT_CODE,
  insertToken,
  REDUCE_ROOM,
  SELECT_ACCOUNT,
  SELECT_CODE,
  SELECT_DEVICES,
  SELECT_FILE_BYTES,
  SELECT_FIRST,
  SELECT_FREE_ACCOUNT,
  SELECT_ROOM,
  SELECT_TOKEN_ACCOUNT,
  selectAccounts,
  selectOldest,
  selectUsedFiles,
  UPDATE_PASSWORD,
  USE_CODE,
  USE_TOKEN,
  USED_MS,
} from "./queries.ts";
import { accountOf, type AccountRow, deviceOf, type DeviceRow } from "./rows.ts";
import type {
  AccountRecord,
  AppendResult,
  CodeKind,
  CreateResult,
  Device,
  NewAccount,
  NewCode,
  NewToken,
  PasswordChange,
  PostRange,
  SearchQuery,
  SearchResult,
  Store,
  TrimResult,
  TrimRule,
} from "./store.ts";
import { type OldestRow, planTrim } from "./trim.ts";

const INSERT_TOKEN = insertToken("ON DUPLICATE KEY UPDATE hash = chat_token.hash");
const SELECT_OLDEST = selectOldest("LENGTH(text)");

export interface MysqlStoreOptions {
  /** Called once as the database is first known to be available or not, and at each change of that. */
  readonly onState?: OnState;
}

/** Returns at once, whether the database is there or not. Throws a {@linkcode TypeError} when the URL makes no sense. */
export function openMysql(url: string, options: MysqlStoreOptions = {}): Store {
  return new MysqlStore(new MysqlDatabase(parseMysqlUrl(url), options));
}

/**
 * The same for a server, which must not share its database with another one: waits for the first attempt to get in, and rejects
 * when another server is there. One that comes while the database is away keeps this one out as long as it stays.
 */
export async function openMysqlAlone(url: string, options: MysqlStoreOptions = {}): Promise<Store> {
  const database = new MysqlDatabase(parseMysqlUrl(url), { ...options, alone: true });
  const inUse = await database.inUse();
  if (inUse === undefined) return new MysqlStore(database);
  await database.close();
  throw new Error(`Cannot open the database: ${inUse}. Stop that one, or name another database with --database.`);
}

class MysqlStore implements Store {
  readonly #database: MysqlDatabase;

  constructor(database: MysqlDatabase) {
    this.#database = database;
  }

  async createAccount(account: NewAccount): Promise<CreateResult> {
    const chosen = account.account;
    if (chosen !== undefined) {
      const inserted = await this.#insertAccount(chosen, account);
      if (inserted !== "taken") return inserted;
      const owner = await this.account(chosen);
      // The hash has a salt of its own: the same one is the same call, made again.
      return owner?.passwordHash === account.passwordHash
        ? { status: "created", account: chosen }
        : { status: "taken" };
    }
    for (;;) {
      const free = await this.#freeAccount();
      if (free === undefined) return { status: "full" };
      const inserted = await this.#insertAccount(free, account);
      if (inserted !== "taken") return inserted;
      // Somebody else was given it in between: one more is taken, so this comes to an end.
    }
  }

  async account(number: AccountNumber): Promise<AccountRecord | undefined> {
    const row = await this.#row<AccountRow>(SELECT_ACCOUNT, number);
    return row && accountOf(row);
  }

  async accounts(
    { after, limit }: { readonly after: AccountNumber; readonly limit: number },
  ): Promise<readonly AccountRecord[]> {
    const rows = await this.#database.use((session) => session.rows<AccountRow>(selectAccounts(limit), [after]));
    return rows.map(accountOf);
  }

  async changePassword({ account, from, to }: PasswordChange): Promise<boolean> {
    await this.#database.use((session) => session.run(UPDATE_PASSWORD, [to, account, from]));
    return (await this.account(account))?.passwordHash === to;
  }

  async createToken({ hash, account, name = "", createdAt, expiresAt }: NewToken): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.run(COUNT_DEVICE, [account]);
      await session.run(INSERT_TOKEN, [hash, createdAt, expiresAt, name, createdAt, account]);
      // Behind what is inserted: what deletes locks the gaps that others insert into, and two would wait for each other.
      await session.run(DELETE_EXPIRED_TOKENS, [account, createdAt]);
      await session.run(DELETE_OLD_DEVICES, [account, account]);
    });
  }

  async tokenAccount(hash: string, now: number): Promise<AccountRecord | undefined> {
    const row = await this.#row<AccountRow>(SELECT_TOKEN_ACCOUNT, hash, now);
    return row && accountOf(row);
  }

  async deleteToken(hash: string): Promise<void> {
    await this.#database.use((session) => session.run(DELETE_TOKEN, [hash]));
  }

  async createCode({ hash, kind, uses, createdAt, expiresAt }: NewCode): Promise<void> {
    await this.#database.transaction(async (session) => {
      await session.run(DELETE_PAST_CODES, [createdAt]);
      await session.run(DELETE_CODE, [hash]);
      await session.run(INSERT_CODE, [hash, kind, uses, createdAt, expiresAt]);
    });
  }

  async hasCode(hash: string, { kind, now }: { readonly kind: CodeKind; readonly now: number }): Promise<boolean> {
    return await this.#row(SELECT_CODE, hash, kind, now) !== undefined;
  }

  async deleteCodes(kind: CodeKind): Promise<void> {
    await this.#database.use((session) => session.run(DELETE_CODES, [kind]));
  }

  async deleteTokens(account: AccountNumber, except: string | undefined): Promise<void> {
    await this.#database.use((session) => session.run(DELETE_TOKENS, [account, except ?? ""]));
  }

  async useToken(hash: string, at: number): Promise<void> {
    await this.#database.use((session) => session.run(USE_TOKEN, [at, hash, at - USED_MS]));
  }

  async devices(account: AccountNumber, now: number): Promise<readonly Device[]> {
    const rows = await this.#database.use((session) => session.rows<DeviceRow>(SELECT_DEVICES, [account, now]));
    return rows.map(deviceOf);
  }

  async append(room: RoomId, drafts: readonly Draft[], at: number): Promise<readonly AppendResult[]> {
    if (drafts.length === 0) return [];
    return await this.#database.transaction(async (session) => {
      const { head } = await lockRoom(session, room);
      const found = await postsById(session, drafts.map((draft) => draft.id));
      const existing = new Map(found.map(({ post }) => [post.id, post]));
      const { results, stored, bytes } = planAppend(drafts, { existing, head, at });
      if (stored.length > 0) {
        await storePosts(session, room, stored);
        const grow = "UPDATE chat_room SET head = ?, bytes = bytes + ? WHERE room = ?";
        await session.run(grow, [head + stored.length, bytes, room]);
        for (const post of stored) if (post.type === "act") await enact(session, room, post);
      }
      return results;
      // A duplicate key: the same id has just been posted in another room. Looked up again, it is found.
    }, { isPassing: (error) => isContention(error) || isDuplicateKey(error) });
  }

  async head(room: RoomId): Promise<number> {
    const row = await this.#row<RoomSize>(SELECT_ROOM, room);
    return row?.head ?? 0;
  }

  async first(room: RoomId): Promise<number> {
    const row = await this.#row<{ first: number | null }>(SELECT_FIRST, room);
    return row?.first ?? await this.head(room) + 1;
  }

  async posts(room: RoomId, range: PostRange): Promise<readonly Post[]> {
    return await this.#database.use((session) => postsIn(session, room, range));
  }

  async post(id: string): Promise<{ readonly room: RoomId; readonly post: Post } | undefined> {
    const [found] = await this.#database.use((session) => postsById(session, [id]));
    return found;
  }

  async moderation(room: RoomId): Promise<Moderation> {
    return await this.#database.use((session) => moderationIn(session, room));
  }

  async audit(room: RoomId, range: { readonly before: number; readonly limit: number }): Promise<readonly ActPost[]> {
    return await this.#database.use((session) => auditIn(session, room, range));
  }

  async search(room: RoomId, query: SearchQuery): Promise<SearchResult> {
    return await this.#database.use((session) => searchIn(session, room, query));
  }

  async trim(room: RoomId, rule: TrimRule): Promise<TrimResult> {
    return await this.#database.transaction(async (session) => {
      const size = await lockRoom(session, room);
      const oldest = await session.rows<OldestRow>(SELECT_OLDEST, [room, rule.upTo]);
      const { last, bytes, result } = planTrim(oldest, size, rule);
      if (last !== undefined) {
        await session.run(DELETE_POSTS, [room, last]);
        await session.run(REDUCE_ROOM, [bytes, room]);
      }
      return result;
    });
  }

  async fileBytes(account: AccountNumber): Promise<number> {
    // A sum is a decimal number there, which comes as text.
    const row = await this.#row<{ bytes: number | string }>(SELECT_FILE_BYTES, account);
    return Number(row?.bytes ?? 0);
  }

  async usedFiles(sha256s: readonly string[]): Promise<readonly string[]> {
    if (sha256s.length === 0) return [];
    const rows = await this.#database.use((session) =>
      session.rows<{ sha256: string }>(selectUsedFiles(sha256s.length), sha256s)
    );
    return rows.map((row) => row.sha256);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #row<Row>(sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.#database.use((session) => session.rows<Row>(sql, values));
    return row;
  }

  /** With it goes a use of the invitation, if it takes one. `taken`: somebody has the number. */
  async #insertAccount(account: AccountNumber, details: NewAccount): Promise<CreateResult | "taken"> {
    const { name, passwordHash, createdAt, invite } = details;
    try {
      return await this.#database.transaction(async (session) => {
        if (invite !== undefined && await session.change(USE_CODE, [invite, createdAt]) === 0) {
          return { status: "not-invited" } as const;
        }
        await session.run(INSERT_ACCOUNT, [account, name, passwordHash, createdAt]);
        return { status: "created", account } as const;
      });
    } catch (error) {
      if (isDuplicateKey(error)) return "taken";
      throw error;
    }
  }

  async #freeAccount(): Promise<number | undefined> {
    for (const sql of SELECT_FREE_ACCOUNT) {
      const row = await this.#row<{ account: number | null }>(sql);
      if (typeof row?.account === "number") return row.account;
    }
    return undefined;
  }
}

/** How far the room has come; nobody else numbers or removes posts there until this transaction ends. */
async function lockRoom(session: MysqlSession, room: RoomId): Promise<RoomSize> {
  const select = `${SELECT_ROOM} FOR UPDATE`;
  let [row] = await session.rows<RoomSize>(select, [room]);
  if (!row) {
    await session.run("INSERT INTO chat_room (room, head) VALUES (?, 0) ON DUPLICATE KEY UPDATE head = head", [room]);
    [row] = await session.rows<RoomSize>(select, [room]);
  }
  if (!row) throw new Error(`Cannot lock the room ${room}: it is gone`);
  return row;
}
