/** One room from the outside: who comes in, what they hear, and in which order. */
import assert from "node:assert/strict";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post, serve } from "../support/server.ts";

Deno.test("register, log in by password and by token, log out and be forgotten", async () => {
  await using server = await serve();
  await using alice = await Peer.greet(server.address);
  const registered = await alice.get("logged-in", {
    op: "register",
    account: 42_000,
    name: "  Ålice 艾 ",
    password: "correct horse",
    remember: true,
  });
  assert.equal(registered.account, 42_000);
  assert.equal(registered.name, "Ålice 艾");
  const { token = "" } = registered;
  assert.ok(token.length >= 32 && (registered.expires ?? 0) > Date.now());

  await using next = await Peer.greet(server.address);
  const free = await next.get("logged-in", { op: "register", name: "Next", password: "secret1" });
  assert.equal(free.account, 1004, "1001 to 1003 are taken");
  assert.equal(free.token, undefined, "nobody asked for a token");

  await using again = await Peer.greet(server.address);
  assert.equal(
    (await again.get("logged-in", { op: "login", account: 42_000, password: "correct horse" })).name,
    "Ålice 艾",
  );

  await using device = await Peer.greet(server.address);
  assert.equal((await device.get("logged-in", { op: "resume", token })).account, 42_000);
  await device.say({ op: "logout", request: 99, forget: token });
  assert.equal((await device.expect("bye")).reason, "logout");
  await device.closed();

  await using forgotten = await Peer.greet(server.address);
  assert.equal(await forgotten.refused({ op: "resume", token }), "token-invalid");
  await server.close();
  const logged = JSON.stringify(server.log);
  assert.ok(!logged.includes(token) && !logged.includes("correct horse"), "no secret is logged");
});

Deno.test("a person joins with their first connection and leaves with their last", async () => {
  await using server = await serve();
  await using alice = await enter(server, ALICE);
  const bob1 = await enter(server, BOB);
  const joined = await alice.expect("presence");
  assert.deepEqual([joined.type, joined.member.account, joined.member.name], ["joined", BOB.account, BOB.name]);
  const bob2 = await enter(server, BOB);
  const { members } = await alice.get("members", { op: "who", room: "lobby" });
  assert.deepEqual(members.map((member) => member.account), [ALICE.account, BOB.account]);
  assert.equal(members[1]?.since, joined.member.since);

  await bob1[Symbol.asyncDispose]();
  const seq = await post(bob2, "I am still here");
  assert.equal((await alice.expect("event")).seq, seq);
  assert.deepEqual(alice.inbox.filter((message) => message.op === "presence"), [], "one of two connections is nothing");

  await bob2[Symbol.asyncDispose]();
  assert.equal((await alice.expect("presence")).type, "left");
  assert.equal((await alice.get("members", { op: "who", room: "lobby" })).members.length, 1);
});

Deno.test("everything reaches everybody once and in order, the sender included", async () => {
  await using server = await serve();
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  const texts = ["hello", "你好，世界", "👩‍👩‍👧‍👦 e\u0301", "  lines\n\tand \u001b[31mcolours\u001b[0m  ", '"\\\u2028'];
  for (const text of texts) await post(alice, text);
  for (const peer of [alice, bob]) {
    const events = await peer.take("event", texts.length);
    assert.deepEqual(events.map((event) => event.seq), [1, 2, 3, 4, 5]);
    assert.deepEqual(events.map((event) => event.type === "post" && event.text), texts);
    assert.ok(events.every((event) => event.from.account === ALICE.account && event.from.name === ALICE.name));
  }
});

Deno.test("joining in the middle of a lively room shows every number once, wherever one begins", async () => {
  await using server = await serve({ ring: 20_000 });
  await using alice = await enter(server, ALICE);
  const total = 1000;
  const posting = (async () => {
    for (let at = 0; at < total; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => post(alice, `message ${at + i} ${"x".repeat(200)}`)));
    }
  })();
  await alice.expect("event", (event) => event.seq === 300);
  const joins = [{ after: 0 }, { after: 117 }, { after: 290 }, { last: 200 }, { last: 1 }, {}, { last: 10_000 }];
  const peers = await Promise.all(joins.map(async (range) => {
    const peer = await logIn(server, BOB);
    const { head } = await peer.get("joined", { op: "join", room: "lobby", ...range });
    const { after, last } = { after: undefined, last: undefined, ...range };
    return { peer, first: 1 + (after ?? Math.max(0, head - (last ?? 0))) };
  }));
  await posting;
  for (const { peer, first } of peers) {
    await using _ = peer;
    const events = await peer.take("event", total - first + 1);
    const expected = Array.from({ length: total - first + 1 }, (_, i) => first + i);
    assert.deepEqual(events.map((event) => event.seq), expected);
  }
});

Deno.test("history comes in pages from either end", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  for (let i = 1; i <= 25; i++) await post(alice, `message ${i}`);
  const seqs = async (range: { after?: number; before?: number; limit?: number }) => {
    const page = await alice.get("page", { op: "history", room: "lobby", ...range });
    assert.equal(page.head, 25);
    return { seqs: page.events.map((event) => event.seq), more: page.more };
  };
  assert.deepEqual(await seqs({ limit: 3 }), { seqs: [23, 24, 25], more: true });
  assert.deepEqual(await seqs({ before: 23, limit: 2 }), { seqs: [21, 22], more: true });
  assert.deepEqual(await seqs({ before: 3, limit: 2 }), { seqs: [1, 2], more: false });
  assert.deepEqual(await seqs({ after: 0, limit: 2 }), { seqs: [1, 2], more: true });
  assert.deepEqual(await seqs({ after: 24, limit: 2 }), { seqs: [25], more: false });
  assert.deepEqual(await seqs({ after: 25 }), { seqs: [], more: false });
  assert.equal((await seqs({})).seqs.length, 25);

  const big = "x".repeat(60_000);
  for (let i = 0; i < 8; i++) await post(alice, big);
  const page = await alice.get("page", { op: "history", room: "lobby", limit: 500 });
  assert.deepEqual([page.events.length, page.more], [2, true], "a page ends early when its texts are long");
  assert.equal(page.events.at(-1)?.seq, 33);
});

Deno.test("a post that is repeated is stored once and acknowledged again", async () => {
  await using server = await serve();
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  const id = crypto.randomUUID();
  const question = { op: "post", room: "lobby", id, text: "once" } as const;
  const first = await alice.get("stored", question);
  await using elsewhere = await logIn(server, ALICE);
  const second = await elsewhere.get("stored", question);
  assert.deepEqual([second.seq, second.at, second.id], [first.seq, first.at, first.id]);
  const atOnce = { ...question, id: crypto.randomUUID() };
  const both = await Promise.all([alice.get("stored", atOnce), elsewhere.get("stored", atOnce)]);
  assert.deepEqual(both.map((stored) => stored.seq), [2, 2]);
  assert.equal(await bob.refused(question), "id-conflict");
  assert.equal(await post(bob, "next"), 3);
  assert.deepEqual((await bob.take("event", 3)).map((event) => event.seq), [1, 2, 3]);
});

Deno.test("a peer that has said all it wants still hears the answers", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
  await alice.say(...ids.map((id, i) => ({ op: "post", request: i, room: "lobby", id, text: `${i}` } as const)));
  await alice.closeWrite();
  assert.deepEqual((await alice.take("stored", 20)).map((stored) => stored.id), ids);
  await alice.closed();
});

Deno.test("a history outlives its server", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "chat-test-" });
  stack.defer(() => Deno.remove(dataDir, { recursive: true }));
  {
    await using server = await serve({ dataDir });
    await using alice = await logIn(server, ALICE);
    for (const text of ["one", "two", "three"]) await post(alice, text);
  }
  await using server = await serve({ dataDir });
  await using bob = await logIn(server, BOB);
  const { head } = await bob.get("joined", { op: "join", room: "lobby", after: 1 });
  assert.equal(head, 3);
  assert.deepEqual((await bob.take("event", 2)).map((event) => event.type === "post" && event.text), ["two", "three"]);
  assert.equal(await post(bob, "four"), 4);
  assert.equal((await bob.expect("event")).seq, 4);
});

Deno.test("a registration whose answer was lost is asked again, and one's own", async () => {
  await using server = await serve();
  const register = { op: "register", account: 4001, name: "Dora", password: "secret-4001" } as const;
  for (let attempt = 0; attempt < 2; attempt++) {
    await using peer = await Peer.greet(server.address);
    assert.equal((await peer.get("logged-in", register)).account, 4001);
  }
  await using stranger = await Peer.greet(server.address);
  assert.equal(await stranger.refused({ ...register, password: "another-one" }), "account-taken");
  assert.equal(await stranger.refused({ ...register, name: "Doris" }), "account-taken");
});
