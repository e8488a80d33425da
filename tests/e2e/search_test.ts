/** Finding what was said, as a peer asks for it. */
import assert from "node:assert/strict";
import { chat } from "../support/client.ts";
import { ALICE, BOB, logIn, post, serve } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";

Deno.test("what was said is found by whoever asks, files by their names", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await logIn(server, BOB);
  await post(alice, "Wir treffen uns um drei");
  await post(alice, "明天下午三点开会");
  const file = await sendBytes(alice, new TextEncoder().encode("x"), { name: "会议记录.txt" });
  const find = (text: string, rest = {}) => bob.get("found", { op: "search", room: "lobby", text, ...rest });
  assert.deepEqual((await find("TREFFEN")).events.map((event) => event.seq), [1]);
  assert.deepEqual((await find("下午三点")).events.map((event) => event.seq), [2]);
  assert.deepEqual((await find(" 会 ")).events.map((event) => event.seq), [2, file.seq]);
  const first = await find("会", { limit: 1 });
  assert.deepEqual([first.events.map((event) => event.seq), first.before], [[3], 3]);
  assert.deepEqual((await find("会", { limit: 1, before: 3 })).events.map((event) => event.seq), [2]);
  const nothing = await find("nowhere");
  assert.deepEqual([nothing.events, nothing.before], [[], undefined]);
});

Deno.test("what cannot be searched for is refused with a sentence, and the connection lives on", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  for (const text of ["", "   ", "x".repeat(257), "\ud800"]) {
    assert.equal(await alice.refused({ op: "search", room: "lobby", text }), "bad-search");
  }
  assert.equal(await alice.refused({ op: "search", room: "cellar", text: "x" }), "unknown-room");
  assert.equal(await alice.refused({ op: "search", room: "lobby", text: "x", limit: 101 }), "bad-message");
  await alice.get("pong", { op: "ping" });
});

Deno.test("many searches at once take turns, and all are answered", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  for (let n = 0; n < 300; n += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => post(alice, `message ${n + i}`)));
  }
  const peers = await Promise.all(Array.from({ length: 20 }, () => logIn(server, BOB)));
  const answers = await Promise.all(
    peers.map((peer, n) => peer.get("found", { op: "search", room: "lobby", text: `e ${n * 10}`, limit: 100 })),
  );
  assert.ok(answers.every(({ events }) => events.length > 0));
  for (const peer of peers) peer.hangUp();
});

Deno.test("a script finds the last events with a text", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  for (let n = 1; n <= 5; n++) await post(alice, `消息 ${n}`);
  const account = String((await chat(["register", "--name", "Dora", "--json"], { server })).json()[0]?.account);
  const ran = await chat(["search", "消息", "--limit", "3", "--json", "--account", account], { server });
  assert.deepEqual([ran.code, ran.json().map(({ seq }) => seq)], [0, [3, 4, 5]]);
  const wrong = await chat(["search", " ", "--account", account], { server });
  assert.deepEqual([wrong.code, /\(bad-search\)/.test(wrong.stderr)], [3, true]);
});
