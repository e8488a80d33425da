/**
 * The two executables as people get them: copied alone into an empty folder and started with an empty environment, so
 * that nothing of this machine (Deno, npm, PATH, HOME) can help them.
 *
 * `deno task compile` builds them; `CHAT_DIST=dist` says where they are.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { freePort } from "../support/free_port.ts";
import { eachLine } from "../support/lines.ts";
import { type MariaDb, mysqlTest } from "../support/mariadb.ts";
import { ask, scrape, total } from "../support/monitor.ts";
import { within } from "../support/within.ts";

const dist = Deno.env.get("CHAT_DIST");
const picture = new URL("../../image/lighthouse.png", import.meta.url).pathname;
const PASSWORD = "compiled-password";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Server {
  readonly port: number;
  /** Ends it with SIGTERM; resolves with its exit code. */
  stop(): Promise<number>;
}

const options = (folder: string, env: Readonly<Record<string, string>> = {}) =>
  ({ cwd: folder, clearEnv: true, env: { PATH: "", ...env }, stdin: "null" }) as const;

/** Starts one of the executables in `folder`, where it was copied to, and waits for its end. */
async function run(folder: string, name: string, ...args: readonly string[]): Promise<Outcome> {
  const command = new Deno.Command(join(folder, name), {
    ...options(folder, { CHAT_PASSWORD: PASSWORD }),
    args: [...args],
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function startServer(folder: string, ...args: readonly string[]): Promise<Server> {
  const command = new Deno.Command(join(folder, "chat-server"), {
    ...options(folder),
    args: ["--host=127.0.0.1", "--port=0", ...args],
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  const listening = Promise.withResolvers<number>();
  const said: string[] = [];
  const reading = eachLine(child.stdout, (line) => {
    said.push(line);
    const [, port] = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line) ?? [];
    if (port !== undefined) listening.resolve(Number(port));
  }).then(() => listening.reject(new Error(`the server ended; it said ${JSON.stringify(said)}`)));
  return {
    port: await within(listening.promise, "the compiled server to listen"),
    stop: async () => {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await reading;
      return code;
    },
  };
}

async function withPrograms(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const program of ["chat-server", "chat"]) {
      await Deno.copyFile(join(dist ?? "", program), join(folder, program));
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A test with both executables in an empty folder. */
function testCompiled(name: string, body: (folder: string) => Promise<void>): void {
  const fn = () => withPrograms(body);
  Deno.test({ name: `compiled executables (needs CHAT_DIST): ${name}`, ignore: dist === undefined, fn });
}

testCompiled("both say their version and how to use them", async (folder) => {
  for (const program of ["chat-server", "chat"]) {
    const version = await run(folder, program, "--version");
    assert.equal(version.code, 0, version.stderr);
    assert.ok(version.stdout.includes(config.version), version.stdout);

    const help = await run(folder, program, "--help");
    assert.equal(help.code, 0, help.stderr);
    assert.match(help.stdout, new RegExp(`^Usage: ${program}\\b`));
  }
});

testCompiled("they serve and chat, and a restart forgets nothing", (folder) => converse(folder, []));

testCompiled("monitors are answered, with the permissions that the executable has", async (folder) => {
  const monitored = `127.0.0.1:${freePort()}`;
  const server = await startServer(folder, `--metrics=${monitored}`);
  assert.deepEqual(await ask(monitored, "/readyz"), { status: 200, text: "ready\n" });
  const samples = await scrape(monitored);
  assert.equal(total(samples, "chat_build_info", { version: config.version }), 1);
  assert.ok(total(samples, "process_resident_memory_bytes") > 0);
  assert.equal(await server.stop(), 0);
});

if (dist !== undefined) {
  await mysqlTest(
    "compiled executables: the same on MariaDB",
    (database: MariaDb) => withPrograms((folder) => converse(folder, [`--database=${database.url("compiled")}`])),
  );
}

/** Two people register, talk, and send a picture and a file; the server is stopped and started again; all is there. */
async function converse(folder: string, serverArgs: readonly string[]): Promise<void> {
  const chat = async (port: number, ...args: readonly string[]): Promise<Record<string, unknown>[]> => {
    const { code, stdout, stderr } = await run(folder, "chat", ...args, "--json", "--server", `127.0.0.1:${port}`);
    assert.equal(code, 0, stderr);
    return stdout.trim().split("\n").map((line) => JSON.parse(line));
  };
  const [alice, bob] = [["--account", "1001"], ["--account", "1002"]];
  const file = join(folder, "笔记 notes.bin");
  const bytes = crypto.getRandomValues(new Uint8Array(3_000_000 % 65_536));
  await Deno.writeFile(file, bytes);

  let server = await startServer(folder, ...serverArgs);
  assert.deepEqual(await chat(server.port, "register", "--name", "Alice", ...alice), [{
    account: 1001,
    name: "Alice",
  }]);
  assert.deepEqual(await chat(server.port, "register", "--name", "小明"), [{ account: 1002, name: "小明" }]);
  await chat(server.port, "send", "hello", ...alice);
  await chat(server.port, "send", "你好 👋", ...bob);
  await chat(server.port, "upload", picture, ...alice);
  await chat(server.port, "upload", file, ...bob);
  assert.equal(await server.stop(), 0);

  server = await startServer(folder, ...serverArgs);
  const events = await chat(server.port, "tail", "--since", "0", ...bob);
  assert.deepEqual(events.map(({ seq, type, text, name }) => [seq, type, text ?? name]), [
    [1, "post", "hello"],
    [2, "post", "你好 👋"],
    [3, "image", "lighthouse.png"],
    [4, "file", "笔记 notes.bin"],
  ]);
  const copy = join(folder, "copy");
  await chat(server.port, "download", String(events[3]?.id), "-o", copy, ...alice);
  assert.deepEqual(await Deno.readFile(copy), bytes);
  const refused = await run(folder, "chat", "who", "--server", `127.0.0.1:${server.port}`, "--account", "1009");
  assert.deepEqual([refused.code, refused.stdout], [3, ""]);
  assert.match(refused.stderr, /wrong-credentials/);
  assert.equal(await server.stop(), 0);

  assert.deepEqual(await Deno.readFile(join(folder, "image", String(events[2]?.sha256))), await Deno.readFile(picture));
  assert.deepEqual(await Deno.readFile(join(folder, "file", String(events[3]?.sha256))), bytes);
  const gone = await run(folder, "chat", "who", "--server", `127.0.0.1:${server.port}`, ...alice);
  assert.equal(gone.code, 4);
}
