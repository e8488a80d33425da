/**
 * What this machine remembers of one server: the posts that it has shown, texts that were not sent yet, how far somebody
 * has read, and, if they agreed, the token that lets them in without a password.
 *
 * A SQLite database in the state folder that its owner alone can read (mode 0600). Posts are written in batches, and the
 * oldest go. It is a convenience: when it cannot be used, the room works without it.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Account, type FilePost, isFile, type Post } from "../chat/types.ts";
import type { Address } from "./address.ts";
import { removedBy, removedIn } from "./removal.ts";

/** Posts that are kept, and posts that are written at once. */
const MOST = 20_000;
const BATCH = 200;
/** How long a post may wait for others to be written with it. */
const WAIT_MS = 500;

export interface Session extends Account {
  readonly token: string;
}

const SCHEMA = `
  PRAGMA busy_timeout = 2000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS post (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, json TEXT NOT NULL, words TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS session (account INTEGER PRIMARY KEY, name TEXT NOT NULL, token TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, account INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS note (account INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, key));
`;

type PostRow = { readonly seq: number; readonly json: string };

export class Cache implements Disposable {
  readonly #database: DatabaseSync;
  readonly #notes = new Map<string, { readonly account: number; readonly key: string; readonly value: string }>();
  /** Told of a file whose post was removed, however that became known: what else was kept of it has to go as well. */
  withdrawn: (file: FilePost) => void = () => {};
  #pending: Post[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Opens what is known of a server, or begins it. Undefined where nothing can be kept. */
  static open(folder: string | undefined, { host, port }: Address): Cache | undefined {
    if (folder === undefined) return undefined;
    const path = join(folder, `${host.replace(/[^A-Za-z0-9.-]/g, "_")}-${port}.sqlite`);
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
        // SQLite gives the files beside it the mode of the first one.
        Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
        Deno.chmodSync(path, 0o600);
        const database = new DatabaseSync(path);
        database.exec(SCHEMA);
        return new Cache(database);
      } catch (error) {
        if (!/malformed|not a database/.test(String(error))) return undefined;
        for (const ending of ["", "-wal", "-shm"]) remove(path + ending);
      }
    }
    return undefined;
  }

  /** Keeps a post, soon; forgets one that was removed at once. */
  add(posts: readonly Post[]): void {
    this.#pending.push(...posts);
    if (this.#pending.length >= BATCH || posts.some((post) => removedIn(post) !== undefined)) this.flush();
    else this.#flushSoon();
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const posts = this.#pending.splice(0), notes = [...this.#notes.values()];
    this.#notes.clear();
    if (posts.length + notes.length === 0) return;
    const files: FilePost[] = [];
    this.#try(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      const insert = this.#database.prepare("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?)");
      for (const post of posts) {
        const removed = removedIn(post);
        const kept = removed === undefined ? undefined : this.#kept(removed);
        if (kept && isFile(kept)) files.push(kept);
        insert.run(post.seq, post.id, JSON.stringify(post), wordsOf(post));
        const left = kept && post.type === "act" ? removedBy(kept, post) : undefined;
        if (left) insert.run(left.seq, left.id, JSON.stringify(left), "");
      }
      if (posts.length > 0) {
        this.#database.prepare("DELETE FROM post WHERE seq <= (SELECT max(seq) FROM post) - ?").run(MOST);
      }
      const note = this.#database.prepare("INSERT OR REPLACE INTO note VALUES (?, ?, ?)");
      for (const { account, key, value } of notes) note.run(account, key, value);
      this.#database.exec("COMMIT");
    });
    for (const file of files) this.withdrawn(file);
  }

  #kept(seq: number): Post | undefined {
    const [row] = this.#rows("SELECT seq, json FROM post WHERE seq = ?", seq);
    return row && JSON.parse(row.json) as Post;
  }

  /** The last posts of the run without a gap that ends before a number, or with the last one; oldest first. */
  before(seq: number | undefined, count: number): readonly Post[] {
    this.flush();
    const rows = this.#rows(
      "SELECT seq, json FROM post WHERE seq < ? ORDER BY seq DESC LIMIT ?",
      seq ?? 2 ** 52,
      count,
    );
    return run(rows, seq === undefined ? rows[0]?.seq : seq - 1, -1).toReversed();
  }

  /** The first posts of the run without a gap that begins after a number. */
  after(seq: number, count: number): readonly Post[] {
    this.flush();
    return run(this.#rows("SELECT seq, json FROM post WHERE seq > ? ORDER BY seq LIMIT ?", seq, count), seq + 1, 1);
  }

  /** The last posts before a number in which a text stands, oldest first. */
  search(
    text: string,
    { before = 2 ** 52, limit }: { readonly before?: number | undefined; readonly limit: number },
  ): readonly Post[] {
    this.flush();
    const query = "SELECT seq, json FROM post WHERE instr(words, ?) > 0 AND seq < ? ORDER BY seq DESC LIMIT ?";
    return this.#rows(query, fold(text), before, limit).map(({ json }) => JSON.parse(json) as Post).toReversed();
  }

  /** Forgets the posts: the server has begun anew. */
  clear(): void {
    this.#pending = [];
    this.#try(() => this.#database.exec("DELETE FROM post"));
  }

  /** Forgets the posts up to a number. */
  forget(seq: number): void {
    this.#write("DELETE FROM post WHERE seq <= ?", seq);
  }

  /** Who stayed logged in: the one of that number, or the one who did so last. */
  session(account: number | undefined): Session | undefined {
    const [row] = this.#read<{ account: number; name: string; token: string }>(
      "SELECT account, name, token FROM session WHERE account = coalesce(?, account) ORDER BY at DESC LIMIT 1",
      account ?? null,
    );
    return row && { account: row.account, name: row.name, token: row.token };
  }

  keepSession({ account, name, token }: Session): void {
    this.#write("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?)", account, name, token, Date.now());
  }

  forgetSession(account: number): void {
    this.#write("DELETE FROM session WHERE account = ?", account);
  }

  /** Texts that were not sent yet, in the order in which they were written. */
  outbox(account: number): readonly { readonly id: string; readonly text: string }[] {
    return this.#read<{ id: string; text: string }>(
      "SELECT id, text FROM outbox WHERE account = ? ORDER BY at, rowid",
      account,
    );
  }

  queue(account: number, { id, text }: { readonly id: string; readonly text: string }): void {
    this.#write("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?)", id, account, text, Date.now());
  }

  unqueue(id: string): void {
    this.#write("DELETE FROM outbox WHERE id = ?", id);
  }

  note(account: number, key: "read" | "quiet"): string | undefined {
    this.flush();
    return this.#read<{ value: string }>("SELECT value FROM note WHERE account = ? AND key = ?", account, key)[0]
      ?.value;
  }

  /** Keeps it, soon: what has been read changes with every message. */
  keepNote(account: number, key: "read" | "quiet", value: string): void {
    this.#notes.set(`${account} ${key}`, { account, key, value });
    this.#flushSoon();
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#database.close();
  }

  #rows(query: string, ...values: readonly (string | number)[]): readonly PostRow[] {
    return this.#read<PostRow>(query, ...values);
  }

  #read<Row>(query: string, ...values: readonly (string | number | null)[]): readonly Row[] {
    return this.#try(() => this.#database.prepare(query).all(...values) as Row[]) ?? [];
  }

  #write(query: string, ...values: readonly (string | number)[]): void {
    this.#try(() => this.#database.prepare(query).run(...values));
  }

  /** A disk that is full, or another client that holds the file for long, takes nothing but the memory of it. */
  #try<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // There was no transaction.
      }
      return undefined;
    }
  }
}

/** The posts up to the first gap, from a number on in steps. */
function run(rows: readonly PostRow[], start: number | undefined, step: 1 | -1): Post[] {
  const posts: Post[] = [];
  for (let expected = start; expected !== undefined; expected += step) {
    const row = rows[posts.length];
    if (row?.seq !== expected) break;
    posts.push(JSON.parse(row.json) as Post);
  }
  return posts;
}

const fold = (text: string): string => text.normalize("NFC").toLowerCase();
const wordsOf = (post: Post): string => fold(post.type === "post" ? post.text : isFile(post) ? post.name : "");

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not there.
  }
}
