/**
 * Real servers for tests: in this process, or as a process of its own that can be killed.
 *
 * Both come with three people who are registered already and log in by token, since a password costs 80 ms of hashing.
 */
import { join } from "node:path";
import { type Fields, logTo } from "../../lib/server/log.ts";
import { type Level, LOG_EVENTS, type LogEvent } from "../../lib/server/log_events.ts";
import { type Config, presets } from "../../lib/server/config/options.ts";
import { type ServerOptions, startServer } from "../../lib/server/run.ts";
import { Settings } from "../../lib/server/config/settings.ts";
import { createPrivately } from "../../lib/store/owner_lock.ts";
import { SqliteDatabase } from "../../lib/store/sqlite_database.ts";
import type { Store } from "../../lib/store/store.ts";
import { tokenHash } from "../../lib/store/token.ts";
import { seedCertificate } from "./certificates.ts";
import { eachLine } from "./lines.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { within } from "./within.ts";

export interface Person {
  readonly account: number;
  readonly name: string;
  readonly token: string;
}

export const ALICE: Person = { account: 1001, name: "Alice", token: "token-of-alice" };
export const BOB: Person = { account: 1002, name: "鲍勃", token: "token-of-bob" };
export const CAROL: Person = { account: 1003, name: "Carol", token: "token-of-carol" };
/** The password that is stored for them is nobody's. */
const NO_PASSWORD = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** Makes the accounts and tokens of the three where they are not there yet. */
export async function seed(store: Pick<SqliteDatabase | Store, "createAccount" | "createToken" | "account">) {
  for (const { account, name, token } of [ALICE, BOB, CAROL]) {
    if (await store.account(account)) continue;
    await store.createAccount({ account, name, passwordHash: NO_PASSWORD, createdAt: 1 });
    await store.createToken({ hash: tokenHash(token), account, createdAt: 1, expiresAt: 2 ** 52 });
  }
}

export interface LogEntry {
  readonly level: Level;
  readonly event: LogEvent;
  readonly fields: Fields;
}

/** Where peers connect to. */
export interface Reachable {
  readonly address: Deno.NetAddr;
}

export interface TestServer extends Reachable, AsyncDisposable {
  readonly dataDir: string;
  /** Everything that was logged so far. */
  readonly log: readonly LogEntry[];
  /** The code that makes the first owner, where there is none. */
  readonly ownerCode: Promise<string>;
  /** Closes it and leaves its data. */
  close(): Promise<void>;
}

export interface ServeOptions extends Partial<Config>, Pick<ServerOptions, "patience" | "intervals"> {}

/** A server in this process. Given a `dataDir` it leaves it behind, else it works in a folder that goes with it. */
export async function serve(options: ServeOptions = {}): Promise<TestServer> {
  const { patience, intervals, ...config } = options;
  await using stack = new AsyncDisposableStack();
  const dataDir = config.dataDir ?? temporaryFolder(stack);
  const database = config.database ?? `sqlite:${join(dataDir, "chat.sqlite")}`;
  if (database.startsWith("sqlite:")) await seedSqlite(database.slice("sqlite:".length));
  await seedCertificate(dataDir);
  const log: LogEntry[] = [];
  const ownerCode = Promise.withResolvers<string>();
  const settings = new Settings({
    ...presets({ dataDir }),
    host: "127.0.0.1",
    port: 0,
    dataDir,
    database,
    ...config,
  });
  const server = await startServer(settings, {
    version: "0.0.0-test",
    announce: (code) => ownerCode.resolve(code),
    log: logTo((event, fields) => void log.push({ level: LOG_EVENTS[event].level, event, fields })),
    ...(patience === undefined ? {} : { patience }),
    ...(intervals === undefined ? {} : { intervals }),
  });
  let closing: Promise<void> | undefined;
  const close = () => closing ??= server.close();
  stack.defer(close);
  const owned = stack.move();
  return {
    address: server.address,
    dataDir,
    log,
    ownerCode: ownerCode.promise,
    close,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A server as a process of its own. */
export interface ServerProcess extends Reachable, AsyncDisposable {
  readonly pid: number;
  /** What it wrote to standard error so far. */
  readonly stderr: () => string;
  readonly ended: Promise<Deno.CommandStatus>;
  /** Sends a signal and goes on. */
  signal(signal: Deno.Signal): void;
  /** Sends a signal and waits for the end. */
  stop(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

export interface SpawnOptions {
  /** The three are there already, in a database that another server may have. */
  readonly seeded?: boolean;
  readonly port?: number;
  readonly args?: readonly string[];
  /** How many files it may have open. */
  readonly descriptors?: number;
  /** What is run in place of `server.ts`. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `server.ts` on a folder and waits until it listens. The port is the system's choice unless given. */
export async function spawnServer(
  dataDir: string,
  options: SpawnOptions = {},
): Promise<ServerProcess> {
  if (!options.seeded) await seedSqlite(join(dataDir, "chat.sqlite"));
  await seedCertificate(dataDir);
  const { port = 0, args = [], descriptors, program: entry = "server.ts", env = {} } = options;
  // A process cannot give itself more than this again.
  const limit = descriptors === undefined ? [] : ["sh", "-c", `ulimit -n ${descriptors} && exec "$0" "$@"`];
  const [program = "", ...before] = [...limit, Deno.execPath()];
  const child = new Deno.Command(program, {
    args: [
      ...before,
      ...["run", "-A", "--no-prompt", entry],
      ...["--host", "127.0.0.1", "--port", String(port), "--data-dir", dataDir, ...args],
    ],
    cwd: new URL("../..", import.meta.url),
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  const listening = Promise.withResolvers<Deno.NetAddr>();
  const reading = Promise.all([
    eachLine(child.stdout, (line) => {
      const [, hostname = "", number] = /^listening on (.*):(\d+)$/.exec(line) ?? [];
      listening.resolve({ transport: "tcp", hostname, port: Number(number) });
    }),
    eachLine(child.stderr, (line) => stderr += line + "\n"),
  ]);
  const ended = Promise.all([child.status, reading]).then(([status]) => status);
  ended.then(() => listening.reject(new Error(`The server ended before it listened: ${stderr}`)));
  const stop = async (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended already.
    }
    return await within(ended, () => `Waited in vain for the server's end: ${stderr}`);
  };
  try {
    const address = await within(listening.promise, () => `The server does not listen: ${stderr}`);
    const dispose = async () => void await stop("SIGKILL");
    const signal = (signal: Deno.Signal) => child.kill(signal);
    return { address, pid: child.pid, stderr: () => stderr, ended, signal, stop, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
}

/** A person's connection that is logged in and in no room. */
export async function logIn(server: Reachable, person: Person, options: PeerOptions = {}): Promise<Peer> {
  const peer = await Peer.greet(server.address, options);
  await peer.get("logged-in", { op: "resume", token: person.token });
  return peer;
}

/** A person's connection that is in the lobby; by default it hears what comes from now on. */
export async function enter(
  server: Reachable,
  person: Person,
  options: PeerOptions & { readonly after?: number; readonly last?: number } = {},
): Promise<Peer> {
  const { after, last, ...rest } = options;
  const peer = await logIn(server, person, rest);
  const range = { ...(after === undefined ? {} : { after }), ...(last === undefined ? {} : { last }) };
  await peer.get("joined", { op: "join", room: "lobby", ...range });
  return peer;
}

/** Somebody who is in the room as its owner, by the code that the server has shown. */
export async function enterAsOwner(server: TestServer, person: Person): Promise<Peer> {
  const peer = await enter(server, person);
  await peer.get("stored", { op: "owner", room: "lobby", code: await server.ownerCode });
  return peer;
}

/** Posts a text and returns its number. */
export async function post(peer: Peer, text: string, id: string = crypto.randomUUID()): Promise<number> {
  return (await peer.get("stored", { op: "post", room: "lobby", id, text })).seq;
}

/** A temporary folder that is removed with `stack`. */
export function temporaryFolder(stack: AsyncDisposableStack): string {
  const folder = Deno.makeTempDirSync({ prefix: "chat-test-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}

async function seedSqlite(file: string): Promise<void> {
  createPrivately(file);
  const database = new SqliteDatabase(file, "normal");
  await seed(database);
  database.close();
}
