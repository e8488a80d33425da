/** The live room as people have it: the real client in a real terminal, the real server as a process of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Link } from "../../lib/client/link.ts";
import { eachLine } from "../support/lines.ts";
import { Pty, type PtyOptions } from "../support/pty.ts";
import { BOB, enter, post, type ServerProcess, spawnServer, temporaryFolder } from "../support/server.ts";
import { until } from "../support/within.ts";

const PASSWORD = "alice123";
const READY = "say something, or /help";
const client = fileURLToPath(import.meta.resolve("../../client.ts"));
const picture = fileURLToPath(import.meta.resolve("../../image/lighthouse.png"));

const hasPty = await Pty.isAvailable();

interface Stage {
  /** The test's own; everything in it goes with it. */
  readonly folder: string;
  readonly dataDir: string;
  readonly server: ServerProcess;
  readonly stack: AsyncDisposableStack;
}

/** A test with a folder of its own and a server on it. */
function liveTest(name: string, fn: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasPty,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using stack = new AsyncDisposableStack();
      const folder = temporaryFolder(stack);
      const dataDir = join(folder, "data");
      await Deno.mkdir(dataDir);
      await fn({ folder, dataDir, server: stack.use(await spawnServer(dataDir)), stack });
    },
  });
}

function chat(
  server: ServerProcess,
  { args = [], ...options }: PtyOptions & { readonly args?: readonly string[] },
): Pty {
  const command = [Deno.execPath(), "run", "-A", "--quiet", client, `127.0.0.1:${server.address.port}`, ...args];
  const { env, cwd } = options;
  return new Pty(command, { ...options, env: { XDG_STATE_HOME: join(cwd, "state"), XDG_CONFIG_HOME: cwd, ...env } });
}

/** Somebody new, who has come into the room. */
async function arrive(
  { stack, server, folder }: Stage,
  { name, ...size }: { readonly name: string; readonly columns?: number; readonly rows?: number },
): Promise<{ readonly pty: Pty; readonly account: number; readonly cwd: string }> {
  const address = { host: "127.0.0.1", port: server.address.port };
  const link = await Link.open({ address, client: "test", entrance: { op: "register", name, password: PASSWORD } });
  const { account } = link.account;
  await link.close();
  const cwd = join(folder, `home-${account}`);
  await Deno.mkdir(cwd);
  const args = ["--account", String(account)];
  const pty = stack.use(chat(server, { args, cwd, env: { CHAT_PASSWORD: PASSWORD }, ...size }));
  await pty.shows(READY);
  return { pty, account, cwd };
}

const count = (text: string, part: string) => text.split(part).length - 1;

liveTest("two people see each other come, talk and go", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明", columns: 40, rows: 12 });
  await alice.pty.shows(`→ 小明(${ming.account}) came in`);
  await alice.pty.submits("hello 👋 how are you?");
  await ming.pty.shows(`Alice(${alice.account}) hello 👋`);
  await ming.pty.submits("你好,@Alice!今天天气很好。");
  await alice.pty.shows(/小明\(\d+\) 你好,@Alice!今天天气很好。/);
  assert.ok(alice.pty.output.includes("\x07"), "a mention rings");
  await ming.pty.submits("/who");
  await ming.pty.shows("2 here now:");
  await ming.pty.submits("/quit");
  assert.equal(await ming.pty.ends(), 0);
  await alice.pty.shows(`← 小明(${ming.account}) left`);
  await alice.pty.types("\x04");
  assert.equal(await alice.pty.ends(), 0);
  assert.equal(count(alice.pty.everything, READY), 0, "the screen is given back as it was");
});

liveTest("a picture is drawn and kept, a file is fetched byte for byte", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明" });
  await alice.pty.submits(`/image ${picture}`);
  await Promise.all([alice, ming].map(({ pty }) => pty.shows("▀▀▀▀▀▀▀▀")));
  await ming.pty.shows("▣ lighthouse.png (30.0 KiB) · /save 1");
  const kept = join(ming.cwd, ".data", "chat", "image");
  const names = Array.from(Deno.readDirSync(kept), ({ name }) => name);
  assert.equal(names.length, 1);
  assert.deepEqual(await Deno.readFile(join(kept, names[0] ?? "")), await Deno.readFile(picture));

  const file = join(alice.cwd, "my notes (1).bin");
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await Deno.writeFile(file, bytes);
  await alice.pty.types("/file my n\t");
  await alice.pty.shows("› /file my notes (1).bin");
  await alice.pty.types("\r");
  await ming.pty.shows("▤ my notes (1).bin (48.8 KiB) · /save 2");
  await ming.pty.submits("/save 2");
  await ming.pty.shows("Saved ");
  await ming.pty.submits("/save 2");
  await ming.pty.shows("(1) (2).bin");
  for (const name of ["my notes (1).bin", "my notes (1) (2).bin"]) {
    assert.deepEqual(await Deno.readFile(join(ming.cwd, name)), bytes);
  }
  await ming.pty.submits("/file nothing-there");
  await ming.pty.shows("! Cannot send nothing-there: there is no such file.");
});

liveTest(
  "a line that is being written survives a storm of messages and of new sizes",
  async (stage) => {
    const alice = await arrive(stage, { name: "Alice" });
    const bob = stage.stack.use(await enter(stage.server, BOB));
    await alice.pty.types("写到一半 half a line");
    await alice.pty.shows("› 写到一半 half a line");
    const storm = (from: number) =>
      Promise.all(Array.from({ length: 100 }, (_, at) => post(bob, `message ${from + at}!`)));
    await storm(0);
    await alice.pty.resize(50, 16);
    await storm(100);
    await alice.pty.resize(100, 30);
    await alice.pty.until(
      () => /message 172!(.*\n)+.*message 199!.*\n── online.*\n› 写到一半 half a line$/.test(alice.pty.screen),
      "the last message",
    );
    const numbers = [...alice.pty.screen.matchAll(/message (\d+)!/g)].map(([, number]) => Number(number));
    assert.deepEqual(numbers, Array.from({ length: 28 }, (_, index) => 172 + index));
    await alice.pty.types("\x1b[5~".repeat(9));
    await alice.pty.shows("message 0!");
    await alice.pty.types("\x1b");
    await alice.pty.shows("message 199!");
    await alice.pty.submits(" done");
    await alice.pty.shows(/Alice\(\d+\) 写到一半 half a line done/);
  },
);

liveTest("what is written while the server is away is sent once when it is back", async (stage) => {
  const { server, dataDir, stack } = stage;
  const alice = await arrive(stage, { name: "Alice" });
  await alice.pty.submits("before");
  await alice.pty.shows(/Alice\(\d+\) before/);
  await server.stop("SIGKILL");
  await alice.pty.shows("── offline");
  await alice.pty.submits("断线时 first");
  await alice.pty.submits("second");
  await alice.pty.shows(/ {2}… {3}Alice\(\d+\) second/);
  const { port } = server.address;
  const again = stack.use(await spawnServer(dataDir, { port }));
  await alice.pty.shows(/Alice\(\d+\) 断线时 first\n.*Alice\(\d+\) second/);
  await alice.pty.until(() => !/^ {2}…/m.test(alice.pty.screen), "nothing on its way");
  await alice.pty.shows("Connected again.");
  const bob = stack.use(await enter(again, BOB, { after: 0 }));
  const said = (await bob.take("event", 3)).map((event) =>
    event.type === "post" ? event.text : "name" in event ? event.name : event.type
  );
  assert.deepEqual(said, ["before", "断线时 first", "second"]);
});

liveTest("leaving waits for what is not sent yet, or shows it; SIGTERM gives the terminal back", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明" });
  await stage.server.stop("SIGKILL");
  for (const { pty } of [alice, ming]) {
    await pty.shows("── offline");
    await pty.submits("too late");
    await pty.shows(/… {3}\S+ too late/);
  }
  await alice.pty.types("\x04");
  await alice.pty.shows("Leaving when 1 message is done");
  await alice.pty.types("\x04");
  assert.equal(await alice.pty.ends(), 0);
  ming.pty.kill("SIGTERM");
  assert.equal(await ming.pty.ends(), 0);
  for (const { pty } of [alice, ming]) {
    assert.match(pty.everything, /^! Not sent yet, kept for the next time: too late\ncode 0/m);
  }
  const { port } = stage.server.address;
  const again = stage.stack.use(await spawnServer(stage.dataDir, { port }));
  const args = ["--account", String(ming.account)];
  const back = stage.stack.use(chat(again, { args, cwd: ming.cwd, env: { CHAT_PASSWORD: PASSWORD } }));
  await back.shows(/✓小明\(\d+\) too late/);
  const bob = stage.stack.use(await enter(again, BOB, { after: 0 }));
  assert.equal((await bob.take("event", 1)).length, 1);
  await back.submits("/quit");
  assert.equal(await back.ends(), 0);
});

liveTest("somebody new registers by the prompts; a wrong password is asked for again", async (stage) => {
  const { server, folder: cwd, stack } = stage;
  const first = stack.use(chat(server, { cwd }));
  await first.shows("Register a new account");
  await first.types("\x1b[B\r");
  await first.shows("Your name");
  await first.submits("新人");
  await first.shows("Account number");
  await first.submits("4321");
  await first.shows("◆  Password");
  await first.submits(PASSWORD);
  await first.shows("Password again");
  await first.submits(PASSWORD);
  await first.shows("Stay logged in");
  await first.types("n");
  await first.shows(/── online · 新人\(4321\)/);
  await first.submits("/quit");
  assert.equal(await first.ends(), 0);

  const second = stack.use(chat(server, { cwd, args: ["--account", "4321"] }));
  await second.shows("◆  Password");
  await second.submits("not-the-password");
  await second.shows("The account number or the password is wrong.");
  await second.until(() => second.screen.split("\n").at(-3)?.includes("◆  Password") === true, "the question again");
  await second.submits(PASSWORD);
  await second.shows("Stay logged in");
  await second.types("y");
  await second.shows(/── online · 新人\(4321\)/);
  await second.types("\x04");
  assert.equal(await second.ends(), 0);

  const third = stack.use(chat(server, { cwd }));
  await third.shows(/── online · 新人\(4321\)/);
  await third.submits("/logout");
  await third.shows("this machine has forgotten you");
  assert.equal(await third.ends(), 0);
  const fourth = stack.use(chat(server, { cwd }));
  await fourth.shows("Register a new account");
  await fourth.types("\x03");
  assert.equal(await fourth.ends(), 2);
});

liveTest(
  "what was said is there before the server answers, and while there is none; it is found and scrolled to",
  async (stage) => {
    const { server, folder: cwd, dataDir, stack } = stage;
    const bob = stack.use(await enter(server, BOB));
    for (let at = 0; at < 30; at++) await post(bob, `message ${at}!`);
    await post(bob, "昨天在海边");
    const { args, ended } = await stayLoggedIn(stage);
    assert.equal(ended, 0);
    await server.stop("SIGKILL");
    const pty = stack.use(chat(server, { args, cwd }));
    await pty.shows("昨天在海边");
    await pty.shows("── offline");
    await pty.submits("/search MESSAGE 2!");
    await pty.shows("only what is kept on this machine");
    await pty.shows("▶");
    await pty.types("\r");
    await pty.until(() => /message 1!\n.*message 2!\n.*message 3!/.test(pty.screen), "what stands around it");
    await pty.types("\x1b");
    await pty.until(() => /昨天在海边\n── offline/.test(pty.screen), "the end again");
    await pty.submits("written offline");
    await pty.shows(/… {3}\S+ written offline/);
    const again = stack.use(await spawnServer(dataDir, { port: server.address.port }));
    await pty.shows(/✓\S+ written offline/);
    const late = stack.use(await enter(again, BOB, { after: 31 }));
    const [event] = await late.take("event", 1);
    assert.equal(event?.type === "post" && event.text, "written offline");
    await pty.submits("/quit");
    assert.equal(await pty.ends(), 0);
  },
);

/** Somebody new who has been here once, and need not give their password again. */
async function stayLoggedIn({ server, folder: cwd, stack }: Stage) {
  const address = { host: "127.0.0.1", port: server.address.port };
  const entrance = { op: "register", name: "Dora", password: PASSWORD } as const;
  const link = await Link.open({ address, client: "test", entrance });
  const args = ["--account", String(link.account.account)];
  await link.close();
  const pty = stack.use(chat(server, { args, cwd }));
  await pty.shows("◆  Password");
  await pty.submits(PASSWORD);
  await pty.shows("Stay logged in");
  await pty.types("y");
  await pty.shows("昨天在海边");
  await pty.submits("/quit");
  return { args, ended: await pty.ends() };
}

liveTest(
  "line by line, for whoever cannot use a screen: no control sequence, and everything by lines",
  async (stage) => {
    const { server, folder: cwd, stack } = stage;
    const address = { host: "127.0.0.1", port: server.address.port };
    const entrance = { op: "register", name: "Eve", password: PASSWORD } as const;
    const link = await Link.open({ address, client: "test", entrance });
    const { account } = link.account;
    await link.close();
    const bob = stack.use(await enter(server, BOB));
    await post(bob, "before \x1b[2J");
    const args = [
      "run",
      "-A",
      "--quiet",
      client,
      `127.0.0.1:${server.address.port}`,
      "--plain",
      "--account",
      `${account}`,
    ];
    const env = { CHAT_PASSWORD: PASSWORD, XDG_STATE_HOME: join(cwd, "state") };
    const options = { args, cwd, env, stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(Deno.execPath(), { ...options, args: [...args] }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("hello\n/who\n/search BEFORE\n/quiet off\n"));
    const [, event] = await bob.take("event", 2);
    assert.equal(event?.type === "post" && event.text, "hello");
    let text = "";
    const reading = eachLine(child.stdout, (line) => text += `${line}\n`);
    await until(() => text.includes("here now:"), "who is here");
    await writer.close();
    const [{ code }] = await Promise.all([child.status, reading, child.stderr.cancel()]);
    assert.equal(code, 0);
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
    for (
      const part of [
        `You are Eve(${account}).`,
        "鲍勃(1002) before ␛[2J",
        `✓Eve(${account}) hello`,
        "here now:",
        "Mentions ring.",
      ]
    ) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  },
);

liveTest("without a server nothing is asked, without a terminal nothing is opened", async (stage) => {
  const { server, folder: cwd, stack } = stage;
  const args = ["run", "-A", "--quiet", client, `127.0.0.1:${server.address.port}`];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, stdin: "null" }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /^chat: A live room at [\d.:]+ needs a terminal/);
  await server.stop("SIGTERM");
  const pty = stack.use(chat(server, { cwd }));
  assert.equal(await pty.ends(), 4);
  assert.match(pty.everything, /Cannot connect to 127\.0\.0\.1/);
});
