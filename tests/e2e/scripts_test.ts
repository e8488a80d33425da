/** The client's commands as a script uses them: processes, exit codes, and nothing but JSON on standard output. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { LOBBY } from "../../lib/chat/types.ts";
import { errorMessage } from "../../lib/protocol/server_message.ts";
import { scriptedServer } from "../client/scripted_server.ts";
import { chat, follow, PASSWORD, type Ran, start } from "../support/client.ts";
import { ALICE, enter, logIn, post, type Reachable, serve, spawnServer, temporaryFolder } from "../support/server.ts";
import { until, within } from "../support/within.ts";

const DORA = "2001", EMIL = "2002";

const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

async function register(server: Reachable): Promise<void> {
  const made = await Promise.all(
    [[DORA, "Dora"], [EMIL, "埃米尔"]].map(([account = "", name = ""]) =>
      chat(["register", "--account", account, "--name", name, "--json"], { server })
    ),
  );
  for (const { code, stderr } of made) assert.equal(code, 0, stderr);
}

Deno.test("register, send, history, tail, who", async () => {
  await using server = await serve();
  const made = await chat(["register", "--account", DORA, "--name", "Dora 朵拉", "--json"], { server });
  assert.deepEqual([made.code, made.json()], [0, [{ account: 2001, name: "Dora 朵拉" }]]);
  assert.match(made.stderr, /^chat: First connection to 127\.0\.0\.1:\d+\. Its certificate is\n.*\n.*\n$/);
  const next = await chat(["register", "--name", "Next", "--json"], { server });
  assert.deepEqual([next.json(), next.stderr], [[{ account: 1004, name: "Next" }], ""]);

  const sent = await chat(["send", "--account", DORA, "--json", "你好 👋"], { server });
  const [stored] = sent.json();
  assert.deepEqual([sent.code, Object.keys(stored ?? {}), stored?.seq], [0, ["seq", "id", "at"], 1]);
  for (const args of [["history"], ["tail"], ["tail", "--since", "0"]]) {
    const read = await chat([...args, "--account", DORA, "--json"], { server });
    assert.deepEqual([read.code, read.stderr], [0, ""]);
    const from = { account: 2001, name: "Dora 朵拉" };
    assert.deepEqual(read.json(), [{ type: "post", seq: 1, id: stored?.id, from, at: stored?.at, text: "你好 👋" }]);
  }
  await using _ = await enter(server, ALICE);
  const who = await chat(["who", "--account", DORA, "--json"], { server });
  assert.deepEqual(who.json().map(({ account, name }) => [account, name]), [[ALICE.account, ALICE.name]]);

  const plain = await chat(["tail", "--account", DORA], { server });
  assert.match(plain.stdout, /^1 .*Dora 朵拉\(2001\): 你好 👋\n$/);
});

Deno.test("every line of standard input is a post, acknowledged and in order", async () => {
  await using server = await serve();
  await register(server);
  const lines = Array.from({ length: 2000 }, (_, i) => `line ${i} ${"·".repeat(i % 60)}`);
  const sent = await chat(["send", "--account", DORA, "--json"], { server, stdin: lines.join("\n") });
  assert.equal(sent.code, 0, sent.stderr);
  const acknowledged = sent.json().map(({ seq }) => seq);
  assert.deepEqual(acknowledged, Array.from(lines, (_, i) => i + 1));
  const tail = await chat(["tail", "--account", EMIL, "--json", "--since", "0"], { server });
  assert.deepEqual(tail.json().map(({ seq, text }) => [seq, text]), lines.map((text, i) => [i + 1, text]));
  const history = await chat(["history", "--account", EMIL, "--json", "--limit", "700", "--before", "1500"], {
    server,
  });
  assert.deepEqual(history.json().map(({ seq }) => seq), Array.from({ length: 700 }, (_, i) => 800 + i));
});

Deno.test("upload and download", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack), content = randomBytes(3_000_000);
  await using server = await serve();
  await register(server);
  await Deno.writeFile(`${folder}/报告.bin`, content);
  const sent = await chat(["upload", "--account", DORA, "--json", `${folder}/报告.bin`], { server });
  assert.equal(sent.code, 0, sent.stderr);
  const { id, sha256 } = sent.json().at(-1) ?? {};
  assert.equal(sha256, hashOf(content));

  const fetched = await chat(["download", "--account", EMIL, "--json", String(id), "-o", `${folder}/copy`], { server });
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.equal(hashOf(await Deno.readFile(`${folder}/copy`)), sha256);
  Deno.mkdirSync(`${folder}/empty`);
  const named = await chat(["download", "--account", EMIL, "--json", String(id)], { server, cwd: `${folder}/empty` });
  assert.deepEqual([named.code, [...Deno.readDirSync(`${folder}/empty`)].map((entry) => entry.name)], [0, [
    "报告.bin",
  ]]);
  const [event] = (await chat(["tail", "--account", EMIL, "--json"], { server })).json();
  assert.deepEqual([event?.type, event?.name, event?.size, event?.sha256], ["file", "报告.bin", 3_000_000, sha256]);
});

Deno.test("exit codes: 2 usage, 3 refused, 4 cannot connect; the reason on standard error", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  await using server = await serve();
  await register(server);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const nowhere = { address: listener.addr };
  listener.close();
  const id = crypto.randomUUID();
  const runs: readonly [number, RegExp, readonly string[], Partial<Parameters<typeof chat>[1]>?][] = [
    [2, /--account/, ["who"]],
    [2, /unknown/, ["shout", "--account", DORA]],
    [2, /unknown/, ["who", "--acount", DORA]],
    [2, /"12"/, ["who", "--account", "12"]],
    [2, /required|--name/, ["register"]],
    [2, /CHAT_PASSWORD|password/, ["register", "--name", "X"], { env: { CHAT_PASSWORD: "12345" } }],
    [2, /whole number/, ["tail", "--account", DORA, "--since", "-1"]],
    [2, /no such file/, ["upload", "--account", DORA, `${folder}/missing`]],
    [2, /not a file/, ["upload", "--account", DORA, folder]],
    [2, /not a file's id/, ["download", "--account", DORA, "x"]],
    [2, /no such folder/, ["download", "--account", DORA, id, "-o", `${folder}/no/such`]],
    [3, /wrong-credentials/, ["who", "--account", DORA], { env: { CHAT_PASSWORD: "wrong horse" } }],
    [3, /account-taken/, ["register", "--account", DORA, "--name", "X"]],
    [3, /bad-name/, ["register", "--name", "x".repeat(21)]],
    [3, /text-empty/, ["send", "--account", DORA, "  "]],
    [3, /file-unknown/, ["download", "--account", DORA, id, "-o", `${folder}/x`]],
    [4, /Cannot connect/, ["who", "--account", DORA], { server: nowhere }],
  ];
  const results: Ran[] = [];
  for (let at = 0; at < runs.length; at += 4) {
    results.push(
      ...await Promise.all(
        runs.slice(at, at + 4).map(([, , args, options]) => chat([...args, "--json"], { server, ...options })),
      ),
    );
  }
  runs.forEach(([code, reason, args], i) => {
    const result = results[i];
    assert.ok(result);
    assert.equal(result.code, code, `chat ${args.join(" ")}: ${result.stderr}`);
    assert.match(result.stderr, reason);
    assert.equal(result.stdout, "", "nothing but data on standard output");
    assert.ok(!result.stderr.includes("    at "), "a sentence and not a stack trace");
  });
  assert.deepEqual([...Deno.readDirSync(folder)], [], "nothing is left of a download that failed");
  assert.ok(!JSON.stringify(server.log).includes(PASSWORD));
});

Deno.test("tail --follow goes on across a restart of the server, each number once and in order", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const first = stack.use(await spawnServer(dataDir));
  await register(first);
  {
    await using alice = await logIn(first, ALICE);
    for (let i = 0; i < 20; i++) await post(alice, `before ${i}`);
  }
  await using tail = follow(["tail", "--account", DORA, "--json", "--since", "5", "--follow"], { server: first });
  await until(() => tail.printed.length === 15, "the past");
  {
    await using alice = await logIn(first, ALICE);
    for (let i = 0; i < 20; i++) await post(alice, `live ${i}`);
    await first.stop("SIGKILL");
  }
  const second = stack.use(await spawnServer(dataDir, { port: first.address.port }));
  await using alice = await logIn(second, ALICE);
  for (let i = 0; i < 20; i++) await post(alice, `after ${i}`);
  await until(() => tail.printed.at(-1)?.seq === 60, "the last event after the restart");
  assert.deepEqual(tail.printed.map(({ seq }) => seq), Array.from({ length: 55 }, (_, i) => 6 + i));
  assert.equal(tail.stderr(), "chat: Offline: The connection to the server was lost. Trying again.\n");
  assert.equal(await tail.stop("SIGINT"), 0);
});

Deno.test("send survives a restart of the server: every line is stored once and acknowledged", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const first = stack.use(await spawnServer(dataDir));
  await register(first);
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
  const sending = chat(["send", "--account", DORA, "--json"], { server: first, stdin: lines.join("\n") });
  {
    await using alice = await enter(first, ALICE);
    await alice.take("event", 500);
    await first.stop("SIGKILL");
  }
  const second = stack.use(await spawnServer(dataDir, { port: first.address.port }));
  const sent = await sending;
  assert.equal(sent.code, 0, sent.stderr);
  assert.equal(sent.json().length, lines.length);
  await using alice = await logIn(second, ALICE);
  const { head } = await alice.get("joined", { op: "join", room: "lobby", after: 0 });
  assert.equal(head, lines.length);
  const texts = (await alice.take("event", head)).map((event) => event.type === "post" ? event.text : "");
  assert.deepEqual(texts.toSorted(), lines.toSorted());
});

Deno.test("a reader that has seen enough ends the command quietly", async () => {
  await using server = await serve();
  await register(server);
  await using alice = await logIn(server, ALICE);
  for (let i = 0; i < 20; i++) await post(alice, "x".repeat(60_000));
  for (const args of [["tail", "--since", "0"], ["tail", "--since", "0", "--follow"], ["history"]]) {
    const child = start([...args, "--account", DORA, "--json"], { server });
    await child.stdout.cancel();
    const [{ code }, stderr] = await within(
      Promise.all([child.status, new Response(child.stderr).text()]),
      args.join(" "),
    );
    assert.deepEqual([code, stderr], [0, ""]);
  }
});

Deno.test("an outage of a moment costs no line of standard input, and leaves the lines in order", async () => {
  const stored: string[] = [];
  const refused = new Set<string>();
  let away = true;
  await using server = scriptedServer((command, { say }) => {
    if (command.op !== "post") return;
    const { request, id, text } = command;
    // The moment is over when the first line that was put off is asked again.
    if (refused.has(id)) away = false;
    if (stored.length === 2 && away) {
      refused.add(id);
      say(errorMessage("unavailable", { request, retryAfter: 50 }));
    } else {
      say({ op: "stored", request, room: LOBBY, id, seq: stored.push(text), at: 1 });
    }
  });
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  const sent = await chat(["send", "--account", DORA, "--json"], { server, stdin: lines.join("\n") });
  assert.deepEqual([sent.code, sent.stderr], [0, ""]);
  assert.equal(sent.json().length, lines.length);
  assert.deepEqual(stored, lines);
});

Deno.test("a name that steers terminals is shown by register and not obeyed", async () => {
  await using server = scriptedServer(() => {}, { name: "\x1b[2Jx\u202e" });
  const { code, stdout } = await chat(["register", "--name", "x"], { server });
  assert.deepEqual([code, stdout], [0, "registered 1001 (␛[2Jx\ufffd)\n"]);
});

Deno.test("a text that no server takes is refused here, and the lines behind it go on", async () => {
  await using server = await serve();
  await register(server);
  const stdin = ["x".repeat(600_000), "\u0001".repeat(100_000), "second"].join("\n");
  const sent = await chat(["send", "--account", DORA, "--json"], { server, stdin });
  assert.equal(sent.code, 3);
  assert.equal(sent.json().length, 1);
  assert.match(sent.stderr, /^chat: line 1: .*\(text-too-long\)\nchat: line 2: .*\(text-too-long\)\n$/);
  const read = await chat(["history", "--account", DORA, "--json"], { server });
  assert.deepEqual(read.json().map(({ text }) => text), ["second"]);
});

Deno.test("a file goes into a folder under its own name, and replaces nothing there", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await serve();
  await register(server);
  const folder = temporaryFolder(stack);
  await Deno.writeTextFile(`${folder}/notes.txt`, "notes");
  const [sent] = (await chat(["upload", `${folder}/notes.txt`, "--account", DORA, "--json"], { server })).json();
  const saved = await chat(["download", String(sent?.id), "-o", folder, "--account", EMIL, "--json"], { server });
  assert.equal(saved.code, 0, saved.stderr);
  assert.equal(saved.json()[0]?.path, `${folder}/notes (2).txt`);
  assert.equal(await Deno.readTextFile(`${folder}/notes (2).txt`), "notes");
});
