/**
 * A MariaDB of a test's own: a private `mariadbd` with its data, socket and port in a temporary folder.
 *
 * Nothing of the system's is touched, neither its service nor its settings, and what a test does to its database (kill it,
 * start it again) nobody else notices. Commits are durable as in production; only sizes are small, so that it starts fast.
 */
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { install, program } from "./packages.ts";
import { until } from "./within.ts";

const USER = "chat_test";
const PASSWORD = "p@ss:w/rd 密";
/** For the start and the end of a `mariadbd`; a busy machine may take long. */
const DEADLINE_MS = 60_000;

export interface MariaDb extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Its process; another one after a restart. */
  readonly pid: number;
  readonly user: string;
  readonly password: string;
  /** `mysql://…` for a database of that name, which need not exist; the user has all rights. */
  url(database: string): string;
  /** Ends it at once, as a power cut would (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on the same data and port, after a {@linkcode MariaDb.kill} or instead of one that runs. */
  restart(): Promise<void>;
  /** Ends it and removes its data. May be called twice. */
  stop(): Promise<void>;
}

export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** Whether tests on MariaDB can run; installs its package where that is missing and may be done. */
export async function ensureMariaDb(): Promise<Availability> {
  const found = await findMariaDb();
  if (found.available || skipped() || Deno.build.os !== "linux" || Deno.uid() !== 0) return found;
  if (await program("apt-get") === undefined) return found;
  const { failure } = await install(["mariadb-server"]);
  if (failure !== undefined) return { available: false, reason: failure };
  return await findMariaDb();
}

/** Whether tests on MariaDB can run on this machine as it is. */
export async function findMariaDb(): Promise<Availability> {
  if (skipped()) return { available: false, reason: "CHAT_TEST_MYSQL=skip" };
  for (const name of ["mariadbd", "mariadb-install-db"]) {
    if (await program(name) === undefined) return { available: false, reason: `${name} is not installed` };
  }
  return { available: true };
}

/**
 * Registers a test that gets a MariaDB of its own; its parts are steps, which share it. Where there is none the test is
 * ignored, and its name says why.
 */
export async function mysqlTest(
  name: string,
  fn: (db: MariaDb, t: Deno.TestContext) => Promise<void>,
  start: () => Promise<MariaDb> = startMariaDb,
): Promise<void> {
  const found = await findMariaDb();
  Deno.test({
    name: found.available ? name : `${name} (needs MariaDB: ${found.reason})`,
    ignore: !found.available,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async (t) => {
      await using db = await start();
      await fn(db, t);
    },
  });
}

export interface MariaDbOptions {
  /** More arguments for `mariadbd`. */
  readonly args?: readonly string[];
}

export async function startMariaDb({ args = [] }: MariaDbOptions = {}): Promise<MariaDb> {
  const server = await program("mariadbd");
  const installer = await program("mariadb-install-db");
  if (server === undefined || installer === undefined) throw new Error("Cannot start MariaDB: it is not installed");

  const folder = await Deno.makeTempDir({ prefix: "chat-mariadb-" });
  const data = join(folder, "data");
  const log = join(folder, "error.log");
  const host = "127.0.0.1";
  const asUser = Deno.uid() === 0 ? ["--user=root"] : [];
  let child: Deno.ChildProcess | undefined;
  let port = 0;

  async function start(): Promise<void> {
    const started = new Deno.Command(server ?? "", {
      args: [
        "--no-defaults",
        ...asUser,
        `--datadir=${data}`,
        `--tmpdir=${folder}`,
        `--socket=${join(folder, "socket")}`,
        `--pid-file=${join(folder, "pid")}`,
        `--log-error=${log}`,
        `--init-file=${join(folder, "init.sql")}`,
        `--bind-address=${host}`,
        `--port=${port}`,
        "--skip-name-resolve",
        "--performance-schema=OFF",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-buffer-pool-size=32M",
        "--innodb-log-file-size=16M",
        ...args,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child = started;
    let ended = false;
    started.status.then(() => ended = true);
    try {
      await until(async () => ended || await greets({ hostname: host, port }), "MariaDB's greeting", DEADLINE_MS);
      if (ended) throw new Error("it ended at once");
    } catch (error) {
      await end("SIGKILL");
      const said = await Deno.readTextFile(log).catch(() => "");
      throw new Error(`Cannot start MariaDB: ${error}\n${said.slice(-2000)}`);
    }
  }

  async function end(signal: Deno.Signal): Promise<void> {
    const ending = child;
    if (!ending) return;
    child = undefined;
    try {
      ending.kill(signal);
    } catch (error) {
      // It may have ended by itself.
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
    }
    await ending.status;
  }

  async function stop(): Promise<void> {
    // Its data goes too, so there is nothing that an orderly end would save.
    await end("SIGKILL");
    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  try {
    await makeDataFolder(installer, [
      "--no-defaults",
      ...asUser,
      `--datadir=${data}`,
      `--tmpdir=${folder}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      "--innodb-log-file-size=16M",
    ]);
    const account = `'${USER}'@'%'`;
    await Deno.writeTextFile(
      join(folder, "init.sql"),
      `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${PASSWORD}';\n` +
        `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
    );
    port = freePort();
    await start();
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    host,
    port,
    get pid() {
      if (!child) throw new Error("Cannot tell MariaDB's process: it is not running");
      return child.pid;
    },
    user: USER,
    password: PASSWORD,
    url: (database) => `mysql://${USER}:${encodeURIComponent(PASSWORD)}@${host}:${port}/${database}`,
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      await start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const skipped = (): boolean => Deno.env.get("CHAT_TEST_MYSQL") === "skip";

async function makeDataFolder(installer: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(installer, { args: [...args], stdin: "null" }).output();
  if (success) return;
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  throw new Error(`Cannot make MariaDB's data folder:\n${said.slice(-2000)}`);
}

/** Whether a database speaks there: it greets whoever connects. */
async function greets(address: { readonly hostname: string; readonly port: number }): Promise<boolean> {
  try {
    using connection = await Deno.connect(address);
    return await connection.read(new Uint8Array(1)) === 1;
  } catch {
    return false;
  }
}
