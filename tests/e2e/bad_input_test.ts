/**
 * Whatever one peer does wrong is answered with a stable code, and is nobody else's business: through every test two others
 * talk to each other in the room, and miss nothing.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { COMMANDS } from "../../lib/protocol/command.ts";
import { encodeFrame, Kind } from "../../lib/protocol/frame.ts";
import type { ErrorCode } from "../../lib/protocol/error_code.ts";
import { Peer, type Question } from "../support/peer.ts";
import { ALICE, BOB, CAROL, enter, logIn, post, serve, type ServeOptions, type TestServer } from "../support/server.ts";
import { until } from "../support/within.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const control = (id: number, payload: string | Uint8Array) =>
  encodeFrame({ id, stream: 0, kind: Kind.text }, typeof payload === "string" ? bytes(payload) : payload);
const header = (id: number, length: number, kind: number = Kind.text) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint8(0, id);
  view.setUint8(3, kind);
  view.setUint32(4, length);
  return new Uint8Array(view.buffer);
};

/** A test in which Alice and Bob must not notice what happens. */
function test(name: string, fn: (server: TestServer) => Promise<void>, options: ServeOptions = {}): void {
  Deno.test(name, async () => {
    await using server = await serve(options);
    await using alice = await enter(server, ALICE);
    await using bob = await enter(server, BOB);
    await alice.expect("presence");
    const before = await post(alice, "before");
    await fn(server);
    const after = await post(alice, "after");
    const heard = await bob.take("event", after - before + 1);
    assert.deepEqual(heard.map((event) => event.seq), Array.from(heard, (_, i) => before + i));
    const mistakes = server.log.filter((entry) => entry.level === "error");
    assert.deepEqual(mistakes, [], "a peer's mistake is none of ours");
  });
}

/** Whether a connection still works. */
const lives = (peer: Peer) => peer.get("pong", { op: "ping" });

async function code(peer: Peer): Promise<ErrorCode> {
  return (await peer.expect("error")).code;
}

test("messages that make no sense are refused one by one", async (server) => {
  await using peer = await logIn(server, CAROL);
  const wrong: readonly [Uint8Array, ErrorCode][] = [
    [control(47, "{}"), "unknown-message"],
    [control(1, "legacy"), "unknown-message"],
    [control(255, ""), "unknown-message"],
    [control(COMMANDS.post.id, ""), "bad-message"],
    [control(COMMANDS.post.id, "{"), "bad-message"],
    [control(COMMANDS.post.id, "null"), "bad-message"],
    [control(COMMANDS.post.id, "[1]"), "bad-message"],
    [control(COMMANDS.post.id, '{"request":1,"request":'), "bad-message"],
    [control(COMMANDS.post.id, "[".repeat(10_000)), "bad-message"],
    [control(COMMANDS.post.id, Uint8Array.of(0x22, 0xff, 0xfe, 0x22)), "bad-message"],
    [control(COMMANDS.post.id, Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)), "bad-message"],
    [control(COMMANDS.post.id, '\ufeff{"request":1}'), "bad-message"],
    [encodeFrame({ id: COMMANDS.ping.id, stream: 0, kind: Kind.binary }, bytes('{"request":1}')), "bad-message"],
    [encodeFrame({ id: 48, stream: 7, kind: Kind.binary }, bytes("chunk of nothing")), "unknown-stream"],
  ];
  for (const [frame, expected] of wrong) {
    await peer.write(frame);
    assert.equal(await code(peer), expected);
    await lives(peer);
  }
});

test("the answer to a message with a wrong field carries its request", async (server) => {
  await using peer = await logIn(server, CAROL);
  const id = crypto.randomUUID();
  const wrong: readonly Parameters<typeof peer.refusedAsJson>[0][] = [
    { op: "post", room: "lobby", id },
    { op: "post", room: "lobby", id, text: 7 },
    { op: "post", room: "lobby", id: "1", text: "x" },
    { op: "post", room: "lobby", id: id.toUpperCase(), text: "x" },
    { op: "post", room: "", id, text: "x" },
    { op: "join", room: "lobby", after: -1 },
    { op: "join", room: "lobby", after: 1.5 },
    { op: "history", room: "lobby", limit: 0 },
    { op: "history", room: "lobby", limit: 501 },
    { op: "history", room: "lobby", before: 3, after: 1 },
    { op: "upload", stream: 0, room: "lobby", id, type: "file", name: "x", size: 1 },
    { op: "upload", stream: 65_536, room: "lobby", id, type: "file", name: "x", size: 1 },
    { op: "upload", stream: 1, room: "lobby", id, type: "video", name: "x", size: 1 },
    { op: "upload", stream: 1, room: "lobby", id, type: "file", name: "x", size: 2 ** 53 },
    { op: "finish", stream: 1, sha256: "X".repeat(64) },
    { op: "resume", token: "x".repeat(129) },
  ];
  for (const question of wrong) assert.equal(await peer.refusedAsJson(question), "bad-message");
  await lives(peer);
});

test("a frame over its limit is read past, and one far over it ends the connection", async (server) => {
  await using visitor = await Peer.greet(server.address);
  await visitor.write(control(COMMANDS.login.id, "x".repeat(20_000)));
  assert.equal(await code(visitor), "frame-too-large");
  await lives(visitor);

  await using peer = await logIn(server, CAROL);
  await peer.write(control(COMMANDS.post.id, "x".repeat(1_000_000)));
  assert.equal(await code(peer), "frame-too-large");
  await lives(peer);

  const memory = Deno.memoryUsage().rss;
  for (
    const start of [
      header(COMMANDS.post.id, 0xffff_ffff),
      header(48, 2 ** 31, Kind.binary),
      bytes("GET / HTTP/1.1\r\n\r\n"),
    ]
  ) {
    await using lost = await logIn(server, CAROL);
    await lost.write(start);
    assert.equal(await code(lost), "bad-frame");
    await lost.closed();
  }
  assert.ok(Deno.memoryUsage().rss - memory < 2 ** 28, "nothing was set aside for what was announced");
});

test(
  "a peer that stops in the middle of a frame is told so, and one between two frames is left alone",
  async (server) => {
    await using idle = await Peer.greet(server.address);
    await using silent = await Peer.connect(server.address);
    await using partial = await Peer.greet(server.address);
    await partial.write(header(COMMANDS.ping.id, 13).subarray(0, 3));
    await using skipping = await Peer.greet(server.address);
    await skipping.write(header(COMMANDS.ping.id, 1_000_000));
    for (const peer of [partial, skipping]) {
      await peer.expect("error", (error) => error.code === "frame-timeout");
      await peer.closed();
    }
    await lives(idle);
    await silent.say({ op: "hello", version: 1 });
    await silent.expect("welcome");
  },
  { patience: { sweep: 10, frame: 200 } },
);

Deno.test("silence is asked after and then ends", async () => {
  await using server = await serve({ patience: { sweep: 10, heartbeat: 300 } });
  await using answering = await Peer.greet(server.address);
  await using mute = await Peer.greet(server.address);
  const answers = (async () => {
    for (let i = 0; i < 4; i++) {
      await answering.say({ op: "pong", request: (await answering.expect("ping")).request });
    }
  })();
  await mute.expect("ping");
  assert.equal((await mute.expect("bye")).reason, "idle");
  await mute.closed();
  await answers;
  await lives(answering);
});

test("commands at the wrong time", async (server) => {
  await using rude = await Peer.connect(server.address);
  await rude.say({ op: "ping", request: 1 });
  assert.equal(await code(rude), "hello-required");
  await rude.closed();

  await using future = await Peer.connect(server.address);
  await future.say({ op: "hello", version: 2 });
  const refusal = await future.expect("error");
  assert.equal(refusal.code, "unsupported-version");
  assert.match(refusal.message, /version 1/);
  await future.closed();

  await using visitor = await Peer.greet(server.address);
  const id = crypto.randomUUID();
  const early: readonly Question[] = [
    { op: "join", room: "lobby" },
    { op: "post", room: "lobby", id, text: "x" },
    { op: "history", room: "lobby" },
    { op: "who", room: "lobby" },
    { op: "upload", stream: 1, room: "lobby", id, type: "file", name: "x", size: 1 },
    { op: "finish", stream: 1, sha256: "0".repeat(64) },
    { op: "download", stream: 1, id },
  ];
  for (const question of early) assert.equal(await visitor.refused(question), "login-required");
  await visitor.chunk(1, new Uint8Array(0));
  assert.equal(await code(visitor), "login-required");
  await lives(visitor);

  await using carol = await enter(server, CAROL);
  const again: readonly Question[] = [
    { op: "login", account: ALICE.account, password: "whatever" },
    { op: "resume", token: ALICE.token },
    { op: "register", name: "Other", password: "whatever" },
  ];
  for (const question of again) assert.equal(await carol.refused(question), "already-logged-in");
  assert.equal(await carol.refused({ op: "join", room: "lobby" }), "already-joined");
  await using late = await logIn(server, CAROL);
  assert.equal(await late.refused({ op: "join", room: "lobby", after: 1_000_000 }), "sequence-ahead");
  for (const op of ["join", "who", "history"] as const) {
    assert.equal(await late.refused({ op, room: "cellar" }), "unknown-room");
  }
  assert.equal(await late.refused({ op: "post", room: "cellar", id, text: "x" }), "unknown-room");
  assert.equal(await post(carol, "I am still Carol"), 2);
});

test("credentials that are wrong", async (server) => {
  await using peer = await Peer.greet(server.address);
  assert.equal(await peer.refused({ op: "login", account: ALICE.account, password: "not hers" }), "wrong-credentials");
  assert.equal(await peer.refused({ op: "login", account: 60_000, password: "nobody's" }), "wrong-credentials");
  assert.equal(await peer.refused({ op: "login", account: -1, password: "x" }), "wrong-credentials");
  assert.equal(await peer.refused({ op: "resume", token: "made up" }), "token-invalid");
  const register = { op: "register", name: "New", password: "secret1" } as const;
  assert.equal(await peer.refused({ ...register, account: ALICE.account }), "account-taken");
  for (const account of [0, -5, 65_536, 1.5]) assert.equal(await peer.refused({ ...register, account }), "bad-account");
  for (
    const name of [
      "",
      "   ",
      "x".repeat(21),
      "a\u0007b",
      "a\nb",
      "\u202eevil",
      "\u200b",
      "\ud800",
      "e" + "\u0301".repeat(9),
    ]
  ) {
    assert.equal(await peer.refused({ ...register, name }), "bad-name", JSON.stringify(name));
  }
  for (const password of ["", "12345", "x".repeat(129), "\ud800".repeat(8)]) {
    assert.equal(await peer.refused({ ...register, password }), "bad-password");
  }
  await peer.get("logged-in", register);
});

test("two who want the same number at the same moment: one gets it", async (server) => {
  await using one = await Peer.greet(server.address);
  await using two = await Peer.greet(server.address);
  const question = { op: "register", account: 5555, name: "Twin", password: "secret1" } as const;
  const answers = await Promise.all([one.ask(question), two.ask(question)]);
  assert.deepEqual(answers.map((answer) => answer.op).toSorted(), ["error", "logged-in"]);
  assert.ok(answers.some((answer) => answer.op === "error" && answer.code === "account-taken"));
});

test("texts that cannot be said", async (server) => {
  await using peer = await logIn(server, CAROL);
  const say = (text: string) => ({ op: "post", room: "lobby", id: crypto.randomUUID(), text }) as const;
  for (const text of ["", " ", "\n\t\u3000"]) assert.equal(await peer.refused(say(text)), "text-empty");
  assert.equal(await peer.refused(say("\ud83d")), "bad-text");
  assert.equal(await peer.refused(say("x".repeat(65_537))), "text-too-long");
  assert.equal(await peer.refused(say("你".repeat(21_846))), "text-too-long");
  assert.equal(await post(peer, "\u0001".repeat(65_536)), 2, "the limit is in bytes of text, however JSON spells them");
  assert.equal(await post(peer, "你".repeat(21_845)), 3);
});

test("files that are refused before a byte of them", async (server) => {
  await using peer = await logIn(server, CAROL);
  const offer = { op: "upload", stream: 1, room: "lobby", type: "file", name: "x", size: 1 } as const;
  const refused = (change: Partial<{ name: string; size: number; room: string }>) =>
    peer.refused({ ...offer, id: crypto.randomUUID(), ...change });
  assert.equal(await refused({ size: 0 }), "file-empty");
  assert.equal(await refused({ size: 100_001 }), "file-too-large");
  assert.equal(await refused({ room: "cellar" }), "unknown-room");
  for (
    const name of [
      "",
      " ",
      ".",
      "..",
      "../etc/passwd",
      "a\\b",
      "a\0b",
      "a\u001b[2Jb",
      "\u202etxt.exe",
      "x".repeat(256),
      "\udfff",
    ]
  ) {
    assert.equal(await refused({ name }), "bad-file-name", JSON.stringify(name));
  }
  assert.equal(await peer.refused({ op: "download", stream: 1, id: crypto.randomUUID() }), "file-unknown");
  const text = crypto.randomUUID();
  await post(peer, "a text", text);
  assert.equal(await peer.refused({ op: "download", stream: 1, id: text }), "file-unknown");
  assert.equal(await peer.refused({ op: "finish", stream: 1, sha256: "0".repeat(64) }), "unknown-stream");

  for (let stream = 1; stream <= 8; stream++) {
    await peer.get("accepted", { ...offer, stream, id: crypto.randomUUID() });
  }
  assert.equal(await peer.refused({ ...offer, stream: 8, id: crypto.randomUUID() }), "stream-in-use");
  assert.equal(await peer.refused({ ...offer, stream: 9, id: crypto.randomUUID() }), "too-many-transfers");
  await peer.say({ op: "cancel", stream: 8 });
  await peer.get("accepted", { ...offer, stream: 9, id: crypto.randomUUID() });
}, { maxFile: 100_000 });

test("transfers that go wrong stop alone", async (server) => {
  await using peer = await logIn(server, CAROL);
  const content = randomBytes(1000), hash = sha256(content);
  const begin = (stream: number, change: { size?: number; type?: "image" | "file"; id?: string } = {}) =>
    peer.get("accepted", {
      op: "upload",
      stream,
      room: "lobby",
      id: crypto.randomUUID(),
      type: "file",
      name: "x",
      size: 1000,
      ...change,
    });

  const id = crypto.randomUUID();
  await begin(1, { id });
  await peer.chunk(1, content.subarray(0, 999));
  assert.equal((await peer.expect("ack")).offset, 999);
  assert.equal(await peer.refused({ op: "finish", stream: 1, sha256: hash }), "bad-offset");
  await peer.chunk(1, content.subarray(999));
  assert.equal(await peer.refused({ op: "finish", stream: 1, sha256: sha256(bytes("other")) }), "checksum-mismatch");
  assert.equal((await begin(1, { id })).offset, 0, "what was damaged is gone");
  await peer.chunk(1, content);
  await peer.get("stored", { op: "finish", stream: 1, sha256: hash });

  await begin(2);
  await peer.chunk(2, randomBytes(1001));
  assert.deepEqual([await peer.expect("error")].map(({ code, stream }) => [code, stream]), [["bad-offset", 2]]);
  // What was on its way is passed over in silence.
  await peer.chunk(2, content);
  await lives(peer);
  assert.ok(!peer.inbox.some((message) => message.op === "error"));

  await begin(3, { type: "image" });
  await peer.chunk(3, bytes("<svg onload=alert(1)>"));
  assert.deepEqual([await peer.expect("error")].map(({ code, stream }) => [code, stream]), [["not-an-image", 3]]);

  await begin(4);
  await peer.write(encodeFrame({ id: 48, stream: 4, kind: Kind.binary }, new Uint8Array(300_000)));
  assert.deepEqual([await peer.expect("error")].map(({ code, stream }) => [code, stream]), [["frame-too-large", 4]]);

  const taken = crypto.randomUUID();
  await post(peer, "this id is taken", taken);
  await using other = await logIn(server, BOB);
  const offer = { op: "upload", stream: 1, room: "lobby", id: taken, type: "file", name: "x", size: 1 } as const;
  assert.equal(await other.refused(offer), "id-conflict");
});

test("a peer that does everything at once with a stream harms itself at most", async (server) => {
  await using peer = await logIn(server, CAROL);
  const content = randomBytes(50_000), hash = sha256(content);
  for (let i = 0; i < 20; i++) {
    const id = crypto.randomUUID();
    await peer.get("accepted", {
      op: "upload",
      stream: 1,
      room: "lobby",
      id,
      type: "file",
      name: "x",
      size: content.length,
    });
    await peer.chunk(1, content);
    await peer.say(
      { op: "finish", request: 1_000_001, stream: 1, sha256: hash },
      { op: "finish", request: 1_000_002, stream: 1, sha256: hash },
      { op: "cancel", stream: 1 },
      { op: "upload", request: 1_000_003, stream: 2, room: "lobby", id, type: "file", name: "x", size: 10 },
      { op: "cancel", stream: 2 },
    );
    await peer.chunk(1, content);
    for (const request of [1_000_001, 1_000_002, 1_000_003]) await peer.answer(request);
    await lives(peer);
    peer.inbox.length = 0;
    await until(async () => {
      const answer = await peer.ask({
        op: "upload",
        stream: 1,
        room: "lobby",
        id: crypto.randomUUID(),
        type: "file",
        name: "x",
        size: 9,
      });
      await peer.say({ op: "cancel", stream: 1 });
      return answer.op === "accepted";
    }, "the stream to be free again");
    await lives(peer);
  }
  // Whatever became of the uploads, a blob is what its name says.
  for await (const entry of Deno.readDir(`${server.dataDir}/file`)) {
    if (entry.isFile) assert.equal(sha256(await Deno.readFile(`${server.dataDir}/file/${entry.name}`)), entry.name);
  }
});

test("a peer that vanishes in the middle of a download leaves nothing behind", async (server) => {
  await using carol = await logIn(server, CAROL);
  const id = crypto.randomUUID(), content = randomBytes(100_000);
  await carol.get("accepted", { op: "upload", stream: 1, room: "lobby", id, type: "file", name: "x", size: 3_000_000 });
  const hash = createHash("sha256");
  for (let i = 0; i < 30; i++) {
    await carol.chunk(1, content);
    hash.update(content);
  }
  await carol.get("stored", { op: "finish", stream: 1, sha256: hash.digest("hex") });
  await using watching = await enter(server, ALICE);
  {
    await using vanishing = await enter(server, CAROL);
    await vanishing.get("accepted", { op: "download", stream: 1, id });
    await vanishing.expect("chunk");
  }
  assert.equal((await watching.expect("presence", (notice) => notice.type === "left")).member.account, CAROL.account);
});
