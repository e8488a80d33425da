/** A room that keeps only so much: what goes is gone for everybody, and nobody is confused by it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chat } from "../support/client.ts";
import { ALICE, BOB, enter, logIn, post, serve, type TestServer } from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const OFTEN = { trim: 20, clean: 20 };

const removed = (server: TestServer, first: number) =>
  until(
    () => server.log.some(({ event, fields }) => event === "posts-removed" && fields.first === first),
    `the posts before ${first} to go`,
  );

Deno.test("a room keeps its latest posts: whoever asks for older ones begins where it does", async () => {
  await using server = await serve({ retain: { posts: 5 }, intervals: OFTEN });
  await using alice = await enter(server, ALICE);
  for (let n = 1; n <= 12; n++) await post(alice, `post ${n}`);
  await removed(server, 8);

  await using bob = await logIn(server, BOB);
  const joined = await bob.get("joined", { op: "join", room: "lobby", after: 0 });
  assert.deepEqual([joined.first, joined.head], [8, 12]);
  assert.deepEqual((await bob.take("event", 5)).map((event) => event.seq), [8, 9, 10, 11, 12]);
  const page = await bob.get("page", { op: "history", room: "lobby", after: 2, limit: 2 });
  assert.deepEqual([page.first, page.events.map((event) => event.seq), page.more], [8, [8, 9], true]);
  const before = await bob.get("page", { op: "history", room: "lobby", before: 10, limit: 5 });
  assert.deepEqual([before.events.map((event) => event.seq), before.more], [[8, 9], false]);
  assert.equal(await post(alice, "and on"), 13);
  assert.equal((await bob.expect("event")).seq, 13);
});

Deno.test("numbers go on after a restart of a room of which nothing is left", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    {
      await using server = await serve({ dataDir });
      await using alice = await enter(server, ALICE);
      for (let n = 1; n <= 3; n++) await post(alice, `post ${n}`);
    }
    await using server = await serve({ dataDir, retain: { age: 1 }, intervals: OFTEN });
    await removed(server, 4);
    await using bob = await logIn(server, BOB);
    const { first, head } = await bob.get("joined", { op: "join", room: "lobby", after: 1 });
    assert.deepEqual([first, head], [4, 3]);
    assert.equal(await post(bob, "four"), 4);
    assert.equal((await bob.expect("event")).seq, 4);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("a file goes with its last post, and one that another post still has stays", async () => {
  await using server = await serve({ retain: { posts: 3 }, intervals: OFTEN });
  await using alice = await enter(server, ALICE);
  const once = randomBytes(5000), twice = randomBytes(6000);
  const lost = await sendBytes(alice, once);
  await sendBytes(alice, twice);
  const kept = await sendBytes(alice, twice, { stream: 2 });
  await post(alice, "four");
  await post(alice, "five");
  await removed(server, 3);
  const names = () =>
    [...Deno.readDirSync(`${server.dataDir}/file`)].flatMap(({ name, isFile }) => isFile ? [name] : []);
  await until(() => names().length === 1, "the file without a post to go");
  assert.deepEqual(names(), [kept.sha256]);
  assert.deepEqual(await fetchBytes(alice, kept.id), new Uint8Array(twice));
  assert.equal(await alice.refused({ op: "download", stream: 3, id: lost.id }), "file-unknown");
});

Deno.test("files that arrive while others are removed are never taken for unused", async () => {
  await using server = await serve({ retain: { posts: 1 }, intervals: { trim: 1, clean: 1 } });
  await using alice = await enter(server, ALICE);
  // The same content again and again: each time its blob may be about to go.
  const content = randomBytes(3000);
  for (let turn = 0; turn < 40; turn++) {
    const { id } = await sendBytes(alice, content);
    assert.deepEqual(await fetchBytes(alice, id), new Uint8Array(content));
    await post(alice, "something else");
  }
});

Deno.test("a member that is behind passes over what has gone meanwhile", async () => {
  await using server = await serve({ ring: 2 ** 20, retain: { posts: 10 }, intervals: OFTEN });
  await using alice = await logIn(server, ALICE);
  const seqs: number[] = [];
  await using slow = await enter(server, BOB, {
    intercept: (message) => {
      if (message.op !== "event") return false;
      seqs.push(message.seq);
      return true;
    },
  });
  slow.pause();
  const total = 400;
  for (let n = 0; n < total; n += 20) {
    await Promise.all(Array.from({ length: 20 }, () => post(alice, "x".repeat(60_000))));
  }
  await removed(server, total - 9);
  slow.resume();
  await until(() => seqs.at(-1) === total, "the last post to reach the slow member");
  assert.deepEqual(seqs.toSorted((a, b) => a - b), seqs);
  assert.deepEqual(seqs.slice(-10), Array.from({ length: 10 }, (_, n) => total - 9 + n));
  assert.ok(seqs.length < total);
});

Deno.test("scripts are told that there was more once", async () => {
  await using server = await serve({ retain: { posts: 2 }, intervals: OFTEN });
  await using alice = await enter(server, ALICE);
  const registered = await chat(["register", "--name", "Dora", "--json"], { server });
  const account = String(registered.json()[0]?.account);
  for (let n = 1; n <= 4; n++) await post(alice, `post ${n}`);
  await removed(server, 3);
  const ran = await chat(["tail", "--since", "0", "--json", "--account", account], { server });
  assert.deepEqual(ran.json().map(({ seq }) => seq), [3, 4]);
  assert.match(ran.stderr, /The server no longer keeps the events 1 to 2\./);
});
