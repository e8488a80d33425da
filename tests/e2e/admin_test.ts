/** The operator and a running server: what can be asked of it, and a new configuration while people talk. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ADMIN_SOCKET } from "../../lib/server/admin/admin_protocol.ts";
import { commandCodec } from "../../lib/protocol/command.ts";
import { PROTOCOL_VERSION } from "../../lib/protocol/limits.ts";
import type { Credentials } from "../../lib/net/tls_gate.ts";
import { type Authority, makeAuthority } from "../support/certificates.ts";
import { operator } from "../support/operator.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post, type ServerProcess, spawnServer, temporaryFolder } from "../support/server.ts";
import { until } from "../support/within.ts";

/** A server with a configuration file of its own. */
async function withConfig(stack: AsyncDisposableStack, conf: string) {
  const dataDir = temporaryFolder(stack);
  const file = join(dataDir, "test.conf");
  await Deno.writeTextFile(file, conf);
  const server = stack.use(await spawnServer(dataDir, { args: ["--config", file] }));
  return {
    server,
    dataDir,
    tell: (text: string) => Deno.writeTextFile(file, text),
    ask: (...args: readonly string[]) => operator([...args, "--data-dir", dataDir]),
  };
}

const logged = (server: ServerProcess, what: RegExp) => until(() => what.test(server.stderr()), `${what} in the log`);

Deno.test("status, who and say, for people and for scripts", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask, dataDir } = await withConfig(stack, "");
  const alice = stack.use(await enter(server, ALICE));
  stack.use(await enter(server, BOB));
  await post(alice, "one");

  const { rows: [status] } = await ask("status", "--json");
  assert.deepEqual(status?.room, { people: 2, first: 1, head: 1, posts: 1, behind: 0, lag: 0 });
  const { open, most } = status?.connections as Record<string, number>;
  assert.deepEqual([open, most, status?.people], [2, 20_000, 2]);
  assert.deepEqual(
    [status?.pid, status?.data, status?.address, status?.warnings],
    [server.pid, dataDir, `127.0.0.1:${server.address.port}`, []],
  );
  const { stdout, code } = await ask("status");
  assert.equal(code, 0);
  assert.match(stdout, /^room +2 here, 1 posts kept, the last is number 1$/m);
  assert.match(stdout, /^database +sqlite, available$/m);

  const who = await ask("who", "--json");
  assert.deepEqual(who.rows.map(({ account, name }) => [account, name]), [[1001, "Alice"], [1002, "鲍勃"]]);
  // The second name is four columns wide.
  const table = (await ask("who")).stdout.replace(/2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d/g, "0000-00-00 00:00:00");
  assert.equal(
    table,
    "account  name   since                address    dialect  connection\n" +
      "1001     Alice  0000-00-00 00:00:00  127.0.0.1  modern   1\n" +
      "1002     鲍勃   0000-00-00 00:00:00  127.0.0.1  modern   2\n",
  );

  const said = await ask("say", "the server goes at ten", "--json");
  assert.equal(said.rows[0]?.seq, 2);
  const event = await alice.expect("event", (event) => event.seq === 2);
  assert.deepEqual([event.from, event.type === "post" && event.text], [
    { account: 0, name: "operator" },
    "the server goes at ten",
  ]);
  const empty = await ask("say", " ");
  assert.deepEqual([empty.code, empty.stdout], [3, ""]);
  assert.match(empty.stderr, /^chat-server: .+\n$/);
});

Deno.test("a new configuration takes effect with nobody dropped, a wrong one is refused and the old one goes on", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask, tell, dataDir } = await withConfig(stack, "MAX_TEXT=1K\n");
  const alice = stack.use(await enter(server, ALICE));
  const long = "x".repeat(1500);
  const refusal = async () =>
    (await alice.get("error", { op: "post", room: "lobby", id: crypto.randomUUID(), text: long })).code;
  assert.equal(await refusal(), "text-too-long");

  await tell("MAX_TEXT=2K\nDATABASE=mysql://chat:secret@127.0.0.1/chat\n");
  const { rows } = await ask("reload", "--json");
  assert.deepEqual(rows, [
    {
      option: "database",
      from: "sqlite:chat.sqlite in the folder",
      to: "mysql://chat:…@127.0.0.1/chat",
      effect: "restart",
    },
    { option: "max-text", from: "1K", to: "2K", effect: "now" },
  ]);
  await post(alice, long);
  assert.match(server.stderr(), / WARN restart-needed option=database /);
  assert.doesNotMatch(server.stderr(), /secret/);

  for (
    const wrong of [
      "MAX_TEXT=1K\nMAX_FILE=lots\n",
      "MAX_TEXT=1K\nMAX_FIEL=1G\n",
      "MAX_TEXT=1K\nwords\n",
      "MOTD=@/nowhere\n",
    ]
  ) {
    await tell(wrong);
    const { code, stderr, stdout } = await ask("reload");
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /^chat-server: The old configuration stays: Cannot read \S+test\.conf.+\n$/);
    await post(alice, long);
  }
  // The command itself is told the same wrong file, and still finds the server.
  await tell(`DATA_DIR=${dataDir}\nMAX_TEXT=lots\n`);
  const told = await operator(["reload", "--config", join(dataDir, "test.conf")]);
  assert.equal(told.code, 3);
  assert.match(told.stderr, /The old configuration stays: Cannot read \S+, line 2: MAX_TEXT/);
  await Deno.remove(join(dataDir, "test.conf"));
  assert.match((await ask("reload")).stderr, /there is no such file/);
  await post(alice, long);
});

Deno.test("limits on what one person may do change by a reload, for those who are here", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask, tell } = await withConfig(stack, "TRUST=none\nPOST_RATE=2/1h\n");
  const alice = stack.use(await enter(server, ALICE));
  const attempt = () => alice.ask({ op: "post", room: "lobby", id: crypto.randomUUID(), text: "x" });
  assert.deepEqual((await Promise.all([attempt(), attempt()])).map(({ op }) => op), ["stored", "stored"]);
  const refused = await attempt();
  assert.ok(refused.op === "error" && (refused.retryAfter ?? 0) > 1000, JSON.stringify(refused));

  await tell("TRUST=none\nPOST_RATE=100/1h\nMAX_PER_ADDRESS=1\n");
  assert.deepEqual((await ask("reload", "--json")).rows, [
    { option: "max-per-address", from: "128", to: "1", effect: "now" },
    { option: "post-rate", from: "2/1h", to: "100/1h", effect: "now" },
  ]);
  assert.equal((await attempt()).op, "stored");
  const second = stack.use(await Peer.connect(server.address));
  await second.say({ op: "hello", version: PROTOCOL_VERSION, client: "test" });
  assert.equal((await second.expect("error")).code, "too-many-connections");
  await tell("TRUST=loopback\nPOST_RATE=100/1h\nMAX_PER_ADDRESS=1\n");
  assert.deepEqual((await ask("reload", "--json")).rows, [
    { option: "trust", from: "none", to: "loopback", effect: "now" },
  ]);
  stack.use(await logIn(server, BOB));
  assert.equal((await attempt()).op, "stored");
});

Deno.test("a new certificate is used by the next connection, and nobody was dropped; a wrong one changes nothing", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask, tell, dataDir } = await withConfig(stack, "");
  const alice = stack.use(await enter(server, ALICE));
  const [first, second] = [await makeAuthority("CN=First"), await makeAuthority("CN=Second")];
  const place = async (name: string, { cert, key }: Credentials) => {
    await Deno.writeTextFile(join(dataDir, `${name}.pem`), cert);
    await Deno.writeTextFile(join(dataDir, `${name}.key`), key, { mode: 0o600 });
    return `TLS_CERT=${join(dataDir, `${name}.pem`)}\nTLS_KEY=${join(dataDir, `${name}.key`)}\n`;
  };
  const shake = async (authority: Authority) => {
    const address = { hostname: "localhost", port: server.address.port };
    const connection = await Deno.connectTls({ ...address, caCerts: [authority.cert] });
    stack.defer(() => connection.close());
    await connection.handshake();
    return connection;
  };
  const names = async () => (await ask("reload", "--json")).rows.map(({ option, effect }) => [option, effect]);
  const one = await place("one", await first.issue("localhost")),
    two = await place("two", await second.issue("localhost"));

  await tell(one);
  assert.deepEqual(await names(), [["tls-cert", "now"], ["tls-key", "now"]]);
  const old = await shake(first);
  await assert.rejects(shake(second));

  for (const wrong of [`${one.split("\n")[0]}\n${two.split("\n")[1]}\n`, "TLS_CERT=/nowhere\n"]) {
    await tell(wrong);
    const { code, stderr } = await ask("reload");
    assert.equal(code, 3);
    assert.match(stderr, /The old configuration stays: /);
    await shake(first);
  }

  await tell(two);
  assert.deepEqual(await names(), [["tls-cert", "now"], ["tls-key", "now"]]);
  await shake(second);
  await assert.rejects(shake(first));
  // Who came with the old one is still served, and so is who came without any.
  await old.write(commandCodec.encode({ op: "hello", version: PROTOCOL_VERSION, client: "test" }));
  assert.ok((await old.read(new Uint8Array(1000)) ?? 0) > 0);
  await post(alice, "still here");
});

Deno.test("SIGHUP reads the configuration again: retention, the log and the message of the day", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask, tell, dataDir } = await withConfig(stack, "");
  const alice = stack.use(await logIn(server, ALICE));
  for (let i = 0; i < 5; i++) await post(alice, `${i}`);
  assert.equal((await alice.get("joined", { op: "join", room: "lobby" })).motd, undefined);
  const file = join(dataDir, "motd.txt");
  await Deno.writeTextFile(file, "  Tonight at ten\nwe move. 👋\n");
  await tell(`LOG=json\nLOG_LEVEL=warn\nMOTD=@${file}\n`);
  server.signal("SIGHUP");
  await until(async () => (await ask("log-level")).stdout === "warn\n", "the level");
  const bob = stack.use(await logIn(server, BOB));
  assert.equal((await bob.get("joined", { op: "join", room: "lobby" })).motd, "Tonight at ten\nwe move. 👋");
  assert.doesNotMatch(server.stderr(), /logged-in.*\n.*logged-in/);

  await tell("LOG_LEVEL=error\nMOTD=x\nNONSENSE=1\n");
  server.signal("SIGHUP");
  await logged(server, /^\{.*"level":"error","event":"reload-failed","reason":"[^"]*there is no option NONSENSE/m);
  assert.equal((await ask("log-level", "info")).stdout, "info\n");
  await post(bob, "still here");
  await post(alice, "I am, too");
});

Deno.test("a second server on the same data is refused, what a crash left is not, and the socket is its owner's alone", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const socket = join(dataDir, ADMIN_SOCKET);
  {
    await using server = await spawnServer(dataDir);
    const { mode, isSocket } = await Deno.lstat(socket);
    assert.deepEqual([isSocket, (mode ?? 0) & 0o777], [true, 0o600]);
    const second = await operator(["--port", "0", "--data-dir", dataDir]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /Cannot start: another server is running on \S+\. Stop that one/);
    await server.stop("SIGKILL");
  }
  assert.ok((await Deno.lstat(socket)).isSocket, "what a crash leaves");
  const none = await operator(["status", "--data-dir", dataDir]);
  assert.deepEqual([none.code, none.stdout], [4, ""]);
  assert.match(
    none.stderr,
    /^chat-server: No server is running on \S+\. Start one, or name its data folder with --data-dir\.\n$/,
  );
  {
    await using server = await spawnServer(dataDir);
    assert.equal((await operator(["who", "--data-dir", dataDir])).code, 0);
    assert.equal((await server.stop("SIGTERM")).code, 0);
  }
  await assert.rejects(Deno.lstat(socket), Deno.errors.NotFound);
});

Deno.test("whatever is written to the admin socket, the server goes on and says what was wrong", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, dataDir, ask } = await withConfig(stack, "");
  const answer = async (line: string): Promise<string> => {
    const connection = await Deno.connect({ transport: "unix", path: join(dataDir, ADMIN_SOCKET) });
    await connection.write(new TextEncoder().encode(line));
    await connection.closeWrite();
    return await new Response(connection.readable).text();
  };
  for (
    const line of ["\n", "null\n", "{}\n", '{"command":"constructor"}\n', '{"command":"say"}\n', '{"command":7}\n']
  ) {
    assert.match(await answer(line), /^\{"error":\{"code":"bad-request","message":".+"\}\}\n$/, line);
  }
  assert.match(
    await answer('{"command":"log-level"}\n{"command":"nothing"}\n'),
    /^\{"row":.*\n\{"done":true\}\n\{"error":.*\n$/,
  );
  for (const args of [["say"], ["say", "a", "b"], ["log-level", "loud"], ["stat"], ["status", "now"]]) {
    assert.equal((await ask(...args)).code, 2, args.join(" "));
  }
  assert.doesNotMatch(server.stderr(), /ERROR/);
});
