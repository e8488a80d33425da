/**
 * The embedded database, synchronously: what the worker runs.
 *
 * One process at a time has the database to write (`owner_lock.ts`); others may read it meanwhile, as a backup does.
 */
import type { RoomSize } from "../chat/retention.ts";
import type { Moderation } from "../chat/moderation.ts";
import type { ActPost, Draft, Post, RoomId } from "../chat/types.ts";
import {
  actStatements,
  auditOf,
  type AuditRow,
  moderationOf,
  removalOf,
  REMOVE_POST,
  type RoleRow,
  type RulesRow,
  type SanctionRow,
  SELECT_AUDIT,
  SELECT_ROLES,
  SELECT_RULES,
  SELECT_SANCTIONS,
  selectRemovable,
} from "./acts.ts";
import { type AppendContext, planAppend } from "./append.ts";
import { PageReader } from "./page_reader.ts";
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
  insertPosts,
  insertToken,
  postQueries,
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
import { accountOf, type AccountRow, deviceOf, type DeviceRow, postOf, type PostRow, postValues } from "./rows.ts";
import type {
  AccountRecord,
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
  TrimResult,
  TrimRule,
} from "./store.ts";
import { SearchIndex } from "./search_index.ts";
import { type Durability, SqliteConnection } from "./sqlite_connection.ts";
import { type OldestRow, planTrim } from "./trim.ts";

// As bytes, since node:sqlite reads a string only up to its first NUL.
const POSTS = postQueries("CAST(text AS BLOB) AS text");
const INSERT_TOKEN = insertToken("ON CONFLICT DO NOTHING");
/** Posts that one statement inserts, where there are so many: each costs a third less then. */
const INSERTED_POSTS = 32;
const INSERT_POST = insertPosts(1);
const INSERT_POSTS = insertPosts(INSERTED_POSTS);
/** The posts with the ids in a JSON array, however many. */
const POSTS_BY_IDS = `${POSTS.select} WHERE id IN (SELECT value FROM json_each(?))`;
const SELECT_OLDEST = selectOldest("LENGTH(CAST(text AS BLOB))");
const SELECT_REMOVABLE = selectRemovable("LENGTH(CAST(text AS BLOB))");
const GROW_ROOM = "INSERT INTO chat_room (room, head, bytes, number)" +
  " VALUES (?, ?, ?, (SELECT COALESCE(MAX(number), -1) + 1 FROM chat_room))" +
  " ON CONFLICT (room) DO UPDATE SET head = excluded.head, bytes = bytes + excluded.bytes";

export class SqliteDatabase {
  readonly #db: SqliteConnection;
  readonly #index;

  /** Opens and migrates; throws "database is locked" when another process has it. */
  constructor(file: string, durability: Durability) {
    this.#db = new SqliteConnection(file, durability);
    this.#index = new SearchIndex(this.#db);
  }

  createAccount({ account, name, passwordHash, createdAt, invite }: NewAccount): CreateResult {
    return this.#db.transaction(() => {
      const number = account ?? this.#freeAccount();
      if (number === undefined) return { status: "full" };
      const owner = this.account(number);
      // The hash has a salt of its own: the same one is the same call, made again.
      if (owner) {
        return owner.passwordHash === passwordHash ? { status: "created", account: number } : { status: "taken" };
      }
      if (invite !== undefined && this.#db.run(USE_CODE, invite, createdAt) === 0) return { status: "not-invited" };
      this.#db.run(INSERT_ACCOUNT, number, name, passwordHash, createdAt);
      return { status: "created", account: number };
    });
  }

  account(account: number): AccountRecord | undefined {
    const [row] = this.#db.all<AccountRow>(SELECT_ACCOUNT, account);
    return row && accountOf(row);
  }

  accounts({ after, limit }: { readonly after: number; readonly limit: number }): readonly AccountRecord[] {
    return this.#db.all<AccountRow>(selectAccounts(limit), after).map(accountOf);
  }

  changePassword({ account, from, to }: PasswordChange): boolean {
    this.#db.run(UPDATE_PASSWORD, to, account, from);
    return this.account(account)?.passwordHash === to;
  }

  createToken({ hash, account, name = "", createdAt, expiresAt }: NewToken): void {
    this.#db.transaction(() => {
      this.#db.run(DELETE_EXPIRED_TOKENS, account, createdAt);
      this.#db.run(COUNT_DEVICE, account);
      this.#db.run(INSERT_TOKEN, hash, createdAt, expiresAt, name, createdAt, account);
      this.#db.run(DELETE_OLD_DEVICES, account, account);
    });
  }

  tokenAccount(hash: string, now: number): AccountRecord | undefined {
    const [row] = this.#db.all<AccountRow>(SELECT_TOKEN_ACCOUNT, hash, now);
    return row && accountOf(row);
  }

  deleteToken(hash: string): void {
    this.#db.run(DELETE_TOKEN, hash);
  }

  createCode({ hash, kind, uses, createdAt, expiresAt }: NewCode): void {
    this.#db.transaction(() => {
      this.#db.run(DELETE_PAST_CODES, createdAt);
      this.#db.run(DELETE_CODE, hash);
      this.#db.run(INSERT_CODE, hash, kind, uses, createdAt, expiresAt);
    });
  }

  hasCode(hash: string, { kind, now }: { readonly kind: CodeKind; readonly now: number }): boolean {
    return this.#db.all(SELECT_CODE, hash, kind, now).length > 0;
  }

  deleteCodes(kind: CodeKind): void {
    this.#db.run(DELETE_CODES, kind);
  }

  deleteTokens(account: number, except: string | undefined): void {
    this.#db.run(DELETE_TOKENS, account, except ?? "");
  }

  useToken(hash: string, at: number): void {
    this.#db.run(USE_TOKEN, at, hash, at - USED_MS);
  }

  devices(account: number, now: number): readonly Device[] {
    return this.#db.all<DeviceRow>(SELECT_DEVICES, account, now).map(deviceOf);
  }

  /** Stores the drafts. Answers with what {@linkcode planAppend} needs to tell what became of each: that is short, posts are not. */
  append(room: RoomId, drafts: readonly Draft[], at: number): AppendContext {
    const removes = drafts.some((draft) => draft.type === "act" && draft.act.type === "delete");
    const work = () => this.#append(room, drafts, at);
    return removes ? this.#db.erasing(work) : this.#db.transaction(work);
  }

  #append(room: RoomId, drafts: readonly Draft[], at: number): AppendContext {
    const found = this.#db.all<PostRow>(POSTS_BY_IDS, JSON.stringify(drafts.map(({ id }) => id))).map(postOf);
    const context = { existing: new Map(found.map((post) => [post.id, post])), head: this.head(room), at };
    const { stored, bytes } = planAppend(drafts, context);
    this.#insert(room, stored);
    const last = stored.at(-1);
    if (last) this.#db.run(GROW_ROOM, room, last.seq, bytes);
    for (const post of stored) if (post.type === "act") this.#enact(room, post);
    return context;
  }

  #insert(room: RoomId, posts: readonly Post[]): void {
    let next = 0;
    for (; next + INSERTED_POSTS <= posts.length; next += INSERTED_POSTS) {
      const some = posts.slice(next, next + INSERTED_POSTS);
      this.#db.run(INSERT_POSTS, ...some.flatMap((post) => postValues(room, post)));
    }
    for (const post of posts.slice(next)) this.#db.run(INSERT_POST, ...postValues(room, post));
  }

  head(room: RoomId): number {
    return this.#size(room).head;
  }

  first(room: RoomId): number {
    return this.#db.all<{ readonly first: number | null }>(SELECT_FIRST, room)[0]?.first ?? this.head(room) + 1;
  }

  posts(room: RoomId, range: PostRange): readonly Post[] {
    const page = new PageReader(range);
    const sql = page.forward ? POSTS.after : POSTS.before;
    for (let next = page.next(); next; next = page.next()) {
      page.add(this.#db.all<PostRow>(sql, room, next.bound, next.count).map(postOf), next.count);
    }
    return page.posts();
  }

  post(id: string): { readonly room: RoomId; readonly post: Post } | undefined {
    const [row] = this.#db.all<PostRow>(POSTS.byId(1), id);
    return row && { room: row.room, post: postOf(row) };
  }

  moderation(room: RoomId): Moderation {
    const [rules] = this.#db.all<RulesRow>(SELECT_RULES, room);
    return moderationOf(this.#db.all<RoleRow>(SELECT_ROLES), this.#db.all<SanctionRow>(SELECT_SANCTIONS), rules);
  }

  audit(room: RoomId, { before, limit }: { readonly before: number; readonly limit: number }): readonly ActPost[] {
    return this.#db.all<AuditRow>(SELECT_AUDIT, room, before, limit).map(auditOf);
  }

  search(room: RoomId, query: SearchQuery): SearchResult {
    return this.#index.search(room, query);
  }

  /**
   * Brings some more posts into the index for searching; whether there are others. It can be made again from the posts, so
   * that no flush of the disk, for which the next post would have to wait, is spent on it.
   */
  index(): boolean {
    return this.#db.hurriedly(() => this.#index.extend());
  }

  trim(room: RoomId, rule: TrimRule): TrimResult {
    return this.#db.transaction(() => {
      const oldest = this.#db.all<OldestRow>(SELECT_OLDEST, room, rule.upTo);
      const { last, bytes, result } = planTrim(oldest, this.#size(room), rule);
      if (last !== undefined) {
        this.#db.run(DELETE_POSTS, room, last);
        this.#index.forget(room, last);
        this.#db.run(REDUCE_ROOM, bytes, room);
      }
      return result;
    });
  }

  fileBytes(account: number): number {
    return this.#db.all<{ readonly bytes: number }>(SELECT_FILE_BYTES, account)[0]?.bytes ?? 0;
  }

  usedFiles(sha256s: readonly string[]): readonly string[] {
    if (sha256s.length === 0) return [];
    const rows = this.#db.all<{ readonly sha256: string }>(selectUsedFiles(sha256s.length), ...sha256s);
    return rows.map((row) => row.sha256);
  }

  close(): void {
    this.#db.close();
  }

  #enact(room: RoomId, post: ActPost): void {
    for (const { sql, values } of actStatements(room, post)) this.#db.run(sql, ...values);
    const { act, from } = post;
    if (act.type !== "delete") return;
    const [found] = this.#db.all<{ readonly bytes: number }>(SELECT_REMOVABLE, room, act.post);
    if (!found) return;
    this.#db.run(REMOVE_POST, JSON.stringify(removalOf({ by: from, ...act })), room, act.post);
    this.#db.run(REDUCE_ROOM, found.bytes, room);
    this.#index.forgetOne(room, act.post);
  }

  #size(room: RoomId): RoomSize {
    return this.#db.all<RoomSize>(SELECT_ROOM, room)[0] ?? { head: 0, bytes: 0 };
  }

  #freeAccount(): number | undefined {
    for (const sql of SELECT_FREE_ACCOUNT) {
      const account = this.#db.all<{ readonly account: number | null }>(sql)[0]?.account;
      if (typeof account === "number") return account;
    }
    return undefined;
  }
}
