/** The embedded database, synchronously: what the worker runs. */
import { DatabaseSync, type StatementSync, type SupportedValueType } from "node:sqlite";
import type { Draft, Post, RoomId } from "../chat/types.ts";
import { numbered, POST_COLUMNS, postOf, type PostRow, postValues } from "./post_row.ts";
import { SQLITE_MIGRATIONS } from "./sqlite_schema.ts";
import type { AccountRecord, AppendResult, CreateResult, NewAccount, NewToken, PostRange } from "./store.ts";
import { FIRST_ACCOUNT, LAST_ACCOUNT, LOWEST_ACCOUNT } from "./account_numbers.ts";

/** What a power cut may take: nothing that was acknowledged, or the last moments of it. */
export type Durability = "full" | "normal";

/** The write-ahead log is folded into the database after so many pages of 4 KiB. */
const CHECKPOINT_PAGES = 4000;

export class SqliteDatabase {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens and migrates. One process at a time has the database: a second one is refused, since it would break the numbers. */
  constructor(file: string, durability: Durability) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA foreign_keys = ON;
    `);
    this.#migrate();
  }

  createAccount({ account, name, passwordHash, createdAt }: NewAccount): CreateResult {
    return this.#transaction(() => {
      const number = account ?? this.#freeAccount();
      if (number === undefined) return { status: "full" };
      if (this.account(number)) return { status: "taken" };
      this.#run("INSERT INTO chat_account VALUES (?, ?, ?, ?)", number, name, passwordHash, createdAt);
      return { status: "created", account: number };
    });
  }

  account(account: number): AccountRecord | undefined {
    return accountOf(this.#get("SELECT * FROM chat_account WHERE account = ?", account));
  }

  createToken({ hash, account, createdAt, expiresAt }: NewToken): void {
    this.#run("INSERT INTO chat_token VALUES (?, ?, ?, ?)", hash, account, createdAt, expiresAt);
  }

  tokenAccount(hash: string, now: number): AccountRecord | undefined {
    const sql =
      "SELECT a.* FROM chat_token t JOIN chat_account a USING (account) WHERE t.hash = ? AND t.expires_at > ?";
    return accountOf(this.#get(sql, hash, now));
  }

  deleteToken(hash: string): void {
    this.#run("DELETE FROM chat_token WHERE hash = ?", hash);
  }

  append(room: RoomId, drafts: readonly Draft[], at: number): AppendResult[] {
    return this.#transaction(() => {
      const before = this.head(room);
      let head = before;
      const insert = `INSERT INTO chat_post (${POST_COLUMNS}) VALUES (${POST_COLUMNS.map(() => "?")})`;
      const results = drafts.map((draft): AppendResult => {
        const existing = this.post(draft.id)?.post;
        if (existing?.from.account === draft.from.account) return { status: "duplicate", post: existing };
        if (existing) return { status: "conflict" };
        const post = numbered(draft, ++head, at);
        this.#run(insert, ...postValues(room, post));
        return { status: "stored", post };
      });
      if (head > before) this.#run("INSERT OR REPLACE INTO chat_room (room, head) VALUES (?, ?)", room, head);
      return results;
    });
  }

  head(room: RoomId): number {
    const row = this.#get("SELECT head FROM chat_room WHERE room = ?", room);
    return Number(row?.head ?? 0);
  }

  posts(room: RoomId, { after, before, limit }: PostRange): Post[] {
    if (after !== undefined) {
      const sql = "SELECT * FROM chat_post WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?";
      return this.#all(sql, room, after, limit).map(postOf);
    }
    const sql = "SELECT * FROM chat_post WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
    return this.#all(sql, room, before ?? Number.MAX_SAFE_INTEGER, limit).map(postOf).reverse();
  }

  post(id: string): { readonly room: RoomId; readonly post: Post } | undefined {
    const [row] = this.#all("SELECT * FROM chat_post WHERE id = ?", id);
    return row && { room: row.room, post: postOf(row) };
  }

  close(): void {
    this.#db.close();
  }

  /** The lowest free number from 1001 up, else from 100 up. */
  #freeAccount(): number | undefined {
    const sql = `
      WITH candidate (account) AS (SELECT ? UNION ALL SELECT account + 1 FROM chat_account)
      SELECT min(account) AS free FROM candidate
      WHERE account BETWEEN ? AND ? AND account NOT IN (SELECT account FROM chat_account)`;
    for (const first of [FIRST_ACCOUNT, LOWEST_ACCOUNT]) {
      const free = this.#get(sql, first, first, LAST_ACCOUNT)?.free;
      if (typeof free === "number") return free;
    }
    return undefined;
  }

  #migrate(): void {
    const version = Number(this.#get("PRAGMA user_version")?.user_version);
    if (version > SQLITE_MIGRATIONS.length) {
      throw new Error(`Cannot open the database: a newer server has used it (version ${version}). Use that one.`);
    }
    SQLITE_MIGRATIONS.slice(version).forEach((migration, index) => {
      this.#transaction(() => this.#db.exec(`${migration}; PRAGMA user_version = ${version + index + 1};`));
    });
  }

  #transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has rolled back by itself already.
      try {
        this.#db.exec("ROLLBACK");
      } catch { /* nothing was left to roll back */ }
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

  #get(sql: string, ...values: SupportedValueType[]): Record<string, unknown> | undefined {
    return this.#prepare(sql).get(...values) as Record<string, unknown> | undefined;
  }

  #all(sql: string, ...values: SupportedValueType[]): PostRow[] {
    return this.#prepare(sql).all(...values) as unknown as PostRow[];
  }
}

function accountOf(row: Record<string, unknown> | undefined): AccountRecord | undefined {
  if (!row) return undefined;
  return {
    account: Number(row.account),
    name: String(row.name),
    passwordHash: String(row.password_hash),
    createdAt: Number(row.created_at),
  };
}
