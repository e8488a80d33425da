/** Our server: compiled, with its defaults; accounts exist and log in by token. */
import { join } from "node:path";
import { openMysql } from "../../../lib/store/mysql.ts";
import { SqliteDatabase } from "../../../lib/store/sqlite_database.ts";
import type { MariaDb } from "../../support/mariadb.ts";
import { type ServerProcess, startProcess } from "../server_process.ts";
import { seedAccounts } from "./accounts.ts";
import { type Contestant, type Running, type StartOptions, temporaryFolder } from "./contestant.ts";

/** Texts of the default `--max-text`. */
const LONGEST = 60_000;

export interface RunningServer extends Running {
  readonly folder: string;
  /** The process as it was last started. */
  readonly process: () => ServerProcess;
  /** Ends it with SIGTERM and starts it again on the same data, on another port. */
  restart(): Promise<ServerProcess>;
}

export interface OurServer extends Contestant {
  start(options: StartOptions): Promise<RunningServer>;
}

/** On SQLite, in a folder of its own. */
export function onSqlite(command: readonly string[]): OurServer {
  return {
    name: "ours",
    dialect: "modern",
    longest: LONGEST,
    concurrency: 64,
    start: async ({ accounts, args = [] }) => {
      await using stack = new AsyncDisposableStack();
      const folder = await temporaryFolder(stack);
      const database = new SqliteDatabase(join(folder, "chat.sqlite"), "normal");
      await seedAccounts(database, accounts);
      database.close();
      return await run({ command: [...command, ...argumentsFor(folder), ...args], folder, pids: [] }, stack);
    },
  };
}

/** On a MariaDB, in a database of its own there. The database's CPU time counts as ours. */
export function onMariaDb(command: readonly string[], mariadb: () => Promise<MariaDb>): OurServer {
  let databases = 0;
  return {
    name: "ours on MariaDB",
    dialect: "modern",
    longest: LONGEST,
    concurrency: 64,
    start: async ({ accounts, args = [] }) => {
      await using stack = new AsyncDisposableStack();
      const folder = await temporaryFolder(stack);
      const server = await mariadb();
      const url = server.url(`bench_${++databases}`);
      const store = openMysql(url);
      await seedAccounts(store, accounts);
      await store.close();
      const command_ = [...command, ...argumentsFor(folder), `--database=${url}`, ...args];
      return await run({ command: command_, folder, pids: [server.pid] }, stack);
    },
  };
}

const argumentsFor = (folder: string) => ["--host=127.0.0.1", "--port=0", `--data-dir=${folder}`];

interface Launch {
  readonly command: readonly string[];
  readonly folder: string;
  readonly pids: readonly number[];
}

async function run(launch: Launch, stack: AsyncDisposableStack): Promise<RunningServer> {
  let process = await startProcess(launch);
  stack.defer(() => process[Symbol.asyncDispose]());
  const owned = stack.move();
  return {
    get port() {
      return process.port;
    },
    get pids() {
      return [process.pid, ...launch.pids];
    },
    folder: launch.folder,
    process: () => process,
    restart: async () => {
      await process.stop("SIGTERM");
      return process = await startProcess(launch);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
