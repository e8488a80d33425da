/** Gets together who takes part: compiles what has to be compiled, installs what may be, and says out loud who is missing. */
import { join } from "node:path";
import { Random } from "../chaos/random.ts";
import { ensureMariaDb, type MariaDb, startMariaDb } from "../support/mariadb.ts";
import type { Bench } from "./bench_context.ts";
import type { Contestant } from "./contestants/contestant.ts";
import { INSPIRCD } from "./contestants/inspircd.ts";
import { ircContestant } from "./contestants/irc_server.ts";
import { NGIRCD } from "./contestants/ngircd.ts";
import { onMariaDb, onSqlite } from "./contestants/ours.ts";
import { reference } from "./contestants/reference.ts";
import { compileNative, ensureCompiler } from "./native.ts";
import type { BenchOptions } from "./options.ts";
import { SERVER_PERMISSIONS } from "../tools/permissions.ts";

const root = new URL("../../", import.meta.url).pathname;

export interface Setup {
  readonly bench: Bench;
  /** Who or what is missing, and why. */
  readonly missing: readonly string[];
}

/** Everything ends with `stack`. Throws a sentence when there is no C compiler. */
export async function setUp(
  options: BenchOptions,
  { stack, say }: { readonly stack: AsyncDisposableStack; readonly say: (line: string) => void },
): Promise<Setup> {
  const missing: string[] = [];
  const compiler = await ensureCompiler();
  if ("missing" in compiler) throw new Error(`Cannot bench: ${compiler.missing}. The load generator is written in C.`);
  const native = stack.use(await compileNative(compiler.path));
  const command = await serverCommand(say);
  if (command.length > 1) missing.push("the compiled server: ours runs from source, which starts more slowly");
  const ircServers: Contestant[] = [];
  for (const server of [NGIRCD, INSPIRCD]) {
    const contestant = await ircContestant(server);
    if ("missing" in contestant) missing.push(contestant.missing);
    else ircServers.push(contestant);
  }
  const database = await ensureMariaDb();
  if (!database.available) missing.push(`MariaDB: ${database.reason}`);
  const mariadb = database.available ? sharedMariaDb(stack) : undefined;
  if (native.withoutTls !== undefined) missing.push(`TLS: ${native.withoutTls}`);
  return {
    missing,
    bench: {
      native,
      rounds: options.rounds,
      quick: options.quick,
      random: new Random(options.seed),
      say,
      ours: onSqlite(command),
      serverCommand: command,
      oursWithOldClients: { ...onSqlite(command), name: "ours, old clients", dialect: "legacy" },
      oursOverTls: native.withoutTls === undefined
        ? { ...onSqlite(command), name: "ours over TLS", tls: true }
        : undefined,
      oursOnMariaDb: mariadb && onMariaDb(command, mariadb),
      mariadb,
      reference: reference(native.reference),
      ircServers,
    },
  };
}

/** One MariaDB for all, started when it is first needed. A buffer as large as an ordinary server's. */
function sharedMariaDb(stack: AsyncDisposableStack): () => Promise<MariaDb> {
  let started: Promise<MariaDb> | undefined;
  return () => {
    started ??= startMariaDb({ args: ["--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M"] })
      .then((database) => stack.use(database));
    return started;
  };
}

/** The compiled server, made again when the sources are newer; the sources where it cannot be made. */
async function serverCommand(say: (line: string) => void): Promise<readonly string[]> {
  const compiled = join(root, "dist", "chat-server");
  if (await isStale(compiled)) {
    say("compiling the server");
    const task = new Deno.Command(Deno.execPath(), { args: ["task", "compile"], cwd: root, stdin: "null" });
    const { success, stderr } = await task.output();
    if (!success) {
      say(new TextDecoder().decode(stderr).trim());
      return [Deno.execPath(), "run", "--quiet", "--no-check", ...SERVER_PERMISSIONS, join(root, "server.ts")];
    }
  }
  return [compiled];
}

async function isStale(compiled: string): Promise<boolean> {
  const made = await Deno.stat(compiled).then(({ mtime }) => mtime?.getTime() ?? 0, () => 0);
  const newest = Math.max(
    ...await Promise.all(["server.ts", "deno.json", "lib"].map((path) => changed(join(root, path)))),
  );
  return newest > made;
}

async function changed(path: string): Promise<number> {
  const { isDirectory, mtime } = await Deno.stat(path);
  if (!isDirectory) return mtime?.getTime() ?? 0;
  const inside = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => changed(join(path, name)));
  return Math.max(0, ...await Promise.all(inside));
}
