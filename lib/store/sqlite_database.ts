/**
 * The embedded database, synchronously: what the worker runs.
 *
 * One process at a time has the database to write (`owner_lock.ts`); others may read it meanwhile, as a backup does.
 */
import { DatabaseSync, type StatementSync, type SupportedValueType } from "node:sqlite";
import type { RoomSize } from "../chat/retention.ts";
import type { Draft, Post, RoomId } from "../chat/types.ts";
import { type AppendContext, planAppend } from "./append.ts";
import { PageReader } from "./page_reader.ts";
import { OwnerLock } from "./owner_lock.ts";
import {
  DELETE_EXPIRED_TOKENS,
  DELETE_POSTS,
  DELETE_TOKEN,
  INSERT_ACCOUNT,
  insertPosts,
  postQueries,
  REDUCE_ROOM,
  SELECT_ACCOUNT,
  SELECT_FILE_BYTES,
  SELECT_FIRST,
  SELECT_FREE_ACCOUNT,
  SELECT_ROOM,
  SELECT_TOKEN_ACCOUNT,
  selectOldest,
  selectUsedFiles,
  UPDATE_PASSWORD,
} from "./queries.ts";
import { accountOf, type AccountRow, postOf, type PostRow, postValues } from "./rows.ts";
import type {
  AccountRecord,
  CreateResult,
  NewAccount,
  NewToken,
  PasswordChange,
  PostRange,
  SearchQuery,
  SearchResult,
  TrimResult,
  TrimRule,
} from "./store.ts";
import { SearchIndex } from "./search_index.ts";
import { migrateSqlite } from "./sqlite_migrate.ts";
import { type OldestRow, planTrim } from "./trim.ts";

/**
 * What a power cut may take. `full`: nothing that was acknowledged, for a flush of the disk with every transaction.
 * `normal`: the last moments. A crash of the server takes nothing either way.
 */
export type Durability = "full" | "normal";

/** How long a statement waits for another process, which only ever reads. */
const BUSY_MS = 2000;
/** The write-ahead log is folded into the database whenever it has grown to so many pages of 4 KiB. */
const CHECKPOINT_PAGES = 4000;
/** What a burst has left of the log is given back down to this size, in bytes. */
const LOG_BYTES = 64 * 1024 * 1024;

// As bytes, since node:sqlite reads a string only up to its first NUL.
const POSTS = postQueries("CAST(text AS BLOB) AS text");
const INSERT_POST = insertPosts(1);
/** The posts with the ids in a JSON array, however many. */
const POSTS_BY_IDS = `${POSTS.select} WHERE id IN (SELECT value FROM json_each(?))`;
const SELECT_OLDEST = selectOldest("LENGTH(CAST(text AS BLOB))");
const GROW_ROOM = "INSERT INTO chat_room (room, head, bytes, number)" +
  " VALUES (?, ?, ?, (SELECT COALESCE(MAX(number), -1) + 1 FROM chat_room))" +
  " ON CONFLICT (room) DO UPDATE SET head = excluded.head, bytes = bytes + excluded.bytes";

export class SqliteDatabase {
  readonly #durability: Durability;
  readonly #lock: OwnerLock;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #index = new SearchIndex({
    run: (sql, ...values) => this.#run(sql, ...values),
    all: (sql, ...values) => this.#all(sql, ...values),
  });

  /** Opens and migrates; throws "database is locked" when another process has it. */
  constructor(file: string, durability: Durability) {
    this.#durability = durability;
    this.#lock = new OwnerLock(file);
    try {
      this.#db = new DatabaseSync(file);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw error;
    }
    try {
      this.#db.exec(`
        PRAGMA busy_timeout = ${BUSY_MS};
        PRAGMA journal_mode = WAL;
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${LOG_BYTES};
        PRAGMA foreign_keys = ON;
      `);
      this.#setDurability();
      this.#transaction(() => migrateSqlite(this.#db));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  createAccount({ account, name, passwordHash, createdAt }: NewAccount): CreateResult {
    return this.#transaction(() => {
      const number = account ?? this.#freeAccount();
      if (number === undefined) return { status: "full" };
      const owner = this.account(number);
      // The hash has a salt of its own: the same one is the same call, made again.
      if (owner) {
        return owner.passwordHash === passwordHash ? { status: "created", account: number } : { status: "taken" };
      }
      this.#run(INSERT_ACCOUNT, number, name, passwordHash, createdAt);
      return { status: "created", account: number };
    });
  }

  account(account: number): AccountRecord | undefined {
    const [row] = this.#all<AccountRow>(SELECT_ACCOUNT, account);
    return row && accountOf(row);
  }

  changePassword({ account, from, to }: PasswordChange): boolean {
    this.#run(UPDATE_PASSWORD, to, account, from);
    return this.account(account)?.passwordHash === to;
  }

  createToken({ hash, account, createdAt, expiresAt }: NewToken): void {
    this.#transaction(() => {
      this.#run(DELETE_EXPIRED_TOKENS, account, createdAt);
      this.#run(
        "INSERT INTO chat_token VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        hash,
        account,
        createdAt,
        expiresAt,
      );
    });
  }

  tokenAccount(hash: string, now: number): AccountRecord | undefined {
    const [row] = this.#all<AccountRow>(SELECT_TOKEN_ACCOUNT, hash, now);
    return row && accountOf(row);
  }

  deleteToken(hash: string): void {
    this.#run(DELETE_TOKEN, hash);
  }

  /** Stores the drafts. Answers with what {@linkcode planAppend} needs to tell what became of each: that is short, posts are not. */
  append(room: RoomId, drafts: readonly Draft[], at: number): AppendContext {
    return this.#transaction(() => {
      const found = this.#all<PostRow>(POSTS_BY_IDS, JSON.stringify(drafts.map(({ id }) => id))).map(postOf);
      const context = { existing: new Map(found.map((post) => [post.id, post])), head: this.head(room), at };
      const { stored, bytes } = planAppend(drafts, context);
      for (const post of stored) this.#run(INSERT_POST, ...postValues(room, post));
      const last = stored.at(-1);
      if (last) this.#run(GROW_ROOM, room, last.seq, bytes);
      return context;
    });
  }

  head(room: RoomId): number {
    return this.#size(room).head;
  }

  first(room: RoomId): number {
    return this.#all<{ readonly first: number | null }>(SELECT_FIRST, room)[0]?.first ?? this.head(room) + 1;
  }

  posts(room: RoomId, range: PostRange): readonly Post[] {
    const page = new PageReader(range);
    const sql = page.forward ? POSTS.after : POSTS.before;
    for (let next = page.next(); next; next = page.next()) {
      page.add(this.#all<PostRow>(sql, room, next.bound, next.count).map(postOf), next.count);
    }
    return page.posts();
  }

  post(id: string): { readonly room: RoomId; readonly post: Post } | undefined {
    const [row] = this.#all<PostRow>(POSTS.byId(1), id);
    return row && { room: row.room, post: postOf(row) };
  }

  search(room: RoomId, query: SearchQuery): SearchResult {
    return this.#index.search(room, query);
  }

  /**
   * Brings some more posts into the index for searching; whether there are others. It can be made again from the posts, so
   * that no flush of the disk, for which the next post would have to wait, is spent on it.
   */
  index(): boolean {
    this.#db.exec("PRAGMA synchronous = NORMAL");
    try {
      return this.#transaction(() => this.#index.extend());
    } finally {
      this.#setDurability();
    }
  }

  trim(room: RoomId, rule: TrimRule): TrimResult {
    return this.#transaction(() => {
      const oldest = this.#all<OldestRow>(SELECT_OLDEST, room, rule.upTo);
      const { last, bytes, result } = planTrim(oldest, this.#size(room), rule);
      if (last !== undefined) {
        this.#run(DELETE_POSTS, room, last);
        this.#index.forget(room, last);
        this.#run(REDUCE_ROOM, bytes, room);
      }
      return result;
    });
  }

  fileBytes(account: number): number {
    return this.#all<{ readonly bytes: number }>(SELECT_FILE_BYTES, account)[0]?.bytes ?? 0;
  }

  usedFiles(sha256s: readonly string[]): readonly string[] {
    if (sha256s.length === 0) return [];
    const rows = this.#all<{ readonly sha256: string }>(selectUsedFiles(sha256s.length), ...sha256s);
    return rows.map((row) => row.sha256);
  }

  close(): void {
    this.#db.close();
    this.#lock[Symbol.dispose]();
  }

  #setDurability(): void {
    this.#db.exec(`PRAGMA synchronous = ${this.#durability === "full" ? "FULL" : "NORMAL"}`);
  }

  #size(room: RoomId): RoomSize {
    return this.#all<RoomSize>(SELECT_ROOM, room)[0] ?? { head: 0, bytes: 0 };
  }

  #freeAccount(): number | undefined {
    for (const sql of SELECT_FREE_ACCOUNT) {
      const account = this.#all<{ readonly account: number | null }>(sql)[0]?.account;
      if (typeof account === "number") return account;
    }
    return undefined;
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.#db.exec("ROLLBACK");
      } catch { /* A full disk has rolled back by itself already. */ }
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }

  #run(sql: string, ...values: SupportedValueType[]): void {
    this.#prepare(sql).run(...values);
  }

  /** The rows, of which the caller knows what the statement makes them. */
  #all<Row>(sql: string, ...values: SupportedValueType[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }
}
