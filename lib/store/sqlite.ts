/** The store in an embedded database: one file beside the server, which nobody else has to run. */
import type { Durability, SqliteDatabase } from "./sqlite_database.ts";
import { type Store, StoreUnavailable } from "./store.ts";
import { WorkerClient } from "./worker_client.ts";

export interface SqliteOptions {
  readonly durability?: Durability;
}

/** Errors that pass: no room on the disk, a disk that fails. The server goes on and says so. */
const PASSING = /disk is full|disk I\/O error|unable to open database|database is locked/i;

/** Opens the database in `file`, made when it is not there. Rejects when it cannot be used, or another process uses it. */
export async function openSqlite(file: string, { durability = "full" }: SqliteOptions = {}): Promise<Store> {
  // The database and its companions hold what everybody said: they are for their owner's eyes.
  await createPrivately(file);
  const worker = new WorkerClient(
    new URL("./sqlite_worker.ts", import.meta.url),
    ({ message }) => PASSING.test(message) ? new StoreUnavailable(message) : new Error(message),
  );
  try {
    await worker.call("open", file, durability);
  } catch (error) {
    worker.close();
    throw new Error(whyNot(file, error));
  }
  const call = caller(worker);
  return {
    createAccount: call("createAccount"),
    account: call("account"),
    createToken: call("createToken"),
    tokenAccount: call("tokenAccount"),
    deleteToken: call("deleteToken"),
    append: call("append"),
    head: call("head"),
    posts: call("posts"),
    post: call("post"),
    close: async () => {
      await worker.call("close");
      worker.close();
    },
  };
}

type Asynchronous<M> = M extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;

/** The worker runs the methods of SqliteDatabase by their names: so its types are theirs. */
const caller = (worker: WorkerClient) => <Name extends keyof SqliteDatabase>(name: Name) =>
  ((...args: readonly unknown[]) => worker.call(name, ...args)) as Asynchronous<SqliteDatabase[Name]>;

function whyNot(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!/locked/i.test(message)) return `Cannot open ${file}: ${message}.`;
  return `Cannot open ${file}: another server is using it. Stop that one, or name another file with --database.`;
}

async function createPrivately(file: string): Promise<void> {
  try {
    const opened = await Deno.open(file, { write: true, create: true, mode: 0o600 });
    opened.close();
  } catch (error) {
    throw new Error(`Cannot open ${file}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
