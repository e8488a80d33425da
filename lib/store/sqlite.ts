/**
 * The store in an embedded database: one file beside the server, which nobody else has to run.
 *
 * The database lives in a worker. Its calls are dealt with there one after the other, in the order in which they were made,
 * so that what a slow disk holds up is the store alone.
 */
import { planAppend } from "./append.ts";
import { Availability, type OnState } from "./availability.ts";
import { createPrivately } from "./owner_lock.ts";
import type { Durability } from "./sqlite_connection.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { type Store, StoreUnavailable } from "./store.ts";
import { WorkerClient } from "./worker_client.ts";

export interface SqliteOptions {
  /** Default `full`. */
  readonly durability?: Durability;
  /** Called when the disk can no longer be written, and when it can be again. */
  readonly onState?: OnState;
  /** Called once when the worker has crashed: every call fails from then on, and only another process can go on. */
  readonly onCrash?: (reason: string) => void;
}

/** What may pass, by SQLite's words for it: node:sqlite does not give a code everywhere. */
const PASSING = /disk is full|disk I\/O error|unable to open database|readonly database/i;

/** Opens the database in `file`, made when it is not there. Rejects when it cannot be used, or another process uses it. */
export async function openSqlite(file: string, options: SqliteOptions = {}): Promise<Store> {
  const { durability = "full", onState, onCrash } = options;
  const availability = new Availability(onState);
  const worker = new WorkerClient(new URL("./sqlite_worker.ts", import.meta.url), {
    revive: ({ message }) =>
      PASSING.test(message) ? new StoreUnavailable(`Cannot use ${file}: ${message}`) : new Error(message),
    crashed: ({ message }) => onCrash?.(message),
  });
  try {
    createPrivately(file);
    await worker.call("open", file, durability);
  } catch (error) {
    worker.close();
    throw new Error(whyNot(file, error), { cause: error });
  }

  const read = <Name extends keyof SqliteDatabase>(name: Name) =>
    // The worker runs the methods of SqliteDatabase by their names: its types are theirs.
    ((...args: readonly unknown[]) => worker.call(name, ...args)) as Asynchronous<SqliteDatabase[Name]>;

  const write = <Name extends keyof SqliteDatabase>(name: Name) =>
    (async (...args: readonly unknown[]) => {
      try {
        const result = await worker.call(name, ...args);
        availability.up();
        return result;
      } catch (error) {
        if (error instanceof StoreUnavailable) availability.down(error.message);
        throw error;
      }
    }) as Asynchronous<SqliteDatabase[Name]>;

  const append = write("append");

  availability.up();
  return {
    createAccount: write("createAccount"),
    account: read("account"),
    accounts: read("accounts"),
    changePassword: write("changePassword"),
    createToken: write("createToken"),
    tokenAccount: read("tokenAccount"),
    deleteToken: write("deleteToken"),
    createCode: write("createCode"),
    hasCode: read("hasCode"),
    deleteCodes: write("deleteCodes"),
    deleteTokens: write("deleteTokens"),
    useToken: write("useToken"),
    devices: read("devices"),
    append: async (room, drafts, at) =>
      drafts.length === 0 ? [] : planAppend(drafts, await append(room, drafts, at)).results,
    head: read("head"),
    first: read("first"),
    posts: read("posts"),
    post: read("post"),
    moderation: read("moderation"),
    audit: read("audit"),
    search: read("search"),
    trim: write("trim"),
    fileBytes: read("fileBytes"),
    usedFiles: read("usedFiles"),
    close: async () => {
      try {
        // One that has crashed has nothing to fold in: what it acknowledged is on the disk.
        if (worker.alive) await worker.call("close");
      } finally {
        worker.close();
      }
    },
  };
}

type Asynchronous<M> = M extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;

function whyNot(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("Cannot ")) return `${message}.`;
  if (!/locked/i.test(message)) return `Cannot open ${file}: ${message}.`;
  return `Cannot open ${file}: another server is using it. Stop that one, or name another file with --database.`;
}
