/** The journal over a real database: what is acknowledged is durable, and the room's numbers have no gap. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Draft, LOBBY, type Post } from "../../lib/chat/types.ts";
import { FrameDecoder } from "../../lib/protocol/frame.ts";
import { serverCodec } from "../../lib/protocol/server_message.ts";
import { Journal } from "../../lib/server/journal.ts";
import { LiveRoom } from "../../lib/server/live_room.ts";
import { Metrics } from "../../lib/server/metrics/metrics.ts";
import { openStore } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { temporaryFolder } from "../support/server.ts";

const ALICE = { account: 1001, name: "Alice" }, BOB = { account: 1002, name: "Bob" };
const draft = (text: string, from = ALICE): Draft => ({ id: crypto.randomUUID(), from, type: "post", text });
const seqOf = (result: { status: string; post?: Post }) => [result.status, result.post?.seq];

interface Parts {
  readonly store: Store;
  readonly room: LiveRoom;
  readonly journal: Journal;
  /** The numbers that the room has published so far. */
  readonly published: () => number[];
}

async function withJournal(use: (parts: Parts) => Promise<void>, prepare?: (store: Store) => Promise<unknown>) {
  await using stack = new AsyncDisposableStack();
  const file = join(temporaryFolder(stack), "chat.sqlite");
  const store = stack.adopt(await openStore(`sqlite:${file}`), (opened) => opened.close().catch(() => {}));
  const room = new LiveRoom(LOBBY, { first: 1, head: await store.head(LOBBY) }, { capacity: 2 ** 20 });
  await prepare?.(store);
  const cursor = room.cursorAfter(room.head);
  const decoder = new FrameDecoder(() => 2 ** 20), seqs: number[] = [];
  const published = () => {
    for (let bytes = cursor?.take(); bytes; bytes = cursor?.take()) {
      for (let rest = bytes; rest.length > 0;) {
        const space = decoder.space(), length = Math.min(space.length, rest.length);
        space.set(rest.subarray(0, length));
        decoder.filled(length);
        rest = rest.subarray(length);
      }
      for (let next = decoder.next(); next.type === "frame"; next = decoder.next()) {
        const decoded = serverCodec.decode(next);
        if (decoded.ok && decoded.message.op === "event") seqs.push(decoded.message.seq);
      }
    }
    return seqs;
  };
  await use({
    store,
    room,
    journal: new Journal(store, room, {
      metrics: new Metrics(),
      setBack: () => assert.fail("the store is behind the room"),
    }),
    published,
  });
}

/** What the database itself has, whoever says it was stored. */
const stored = async (store: Store) => (await store.posts(LOBBY, { after: 0, limit: 10_000 })).map((post) => post.seq);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

Deno.test("posts are numbered, published and acknowledged in the order in which they were submitted", () =>
  withJournal(async ({ store, journal, published }) => {
    const acknowledged: number[] = [];
    const results = await Promise.all(Array.from({ length: 2500 }, async (_, i) => {
      const result = await journal.submit(draft(`${i}`, i % 2 === 0 ? ALICE : BOB));
      assert.equal(result.status, "stored");
      if (result.status === "stored") acknowledged.push(result.post.seq);
      return result.status === "stored" && result.post.type === "post" ? result.post.text : "";
    }));
    assert.deepEqual(results, Array.from({ length: 2500 }, (_, i) => `${i}`));
    assert.deepEqual(acknowledged, upTo(2500));
    assert.deepEqual(published(), upTo(2500));
    assert.deepEqual(await stored(store), upTo(2500));
  }));

Deno.test("nothing is acknowledged or published before it is durable", () =>
  withJournal(async ({ store, journal, published }) => {
    const first = journal.submit(draft("one"));
    assert.deepEqual(published(), []);
    await first;
    assert.deepEqual(published(), [1]);
    assert.deepEqual(await stored(store), [1]);
  }));

Deno.test("a repeated id is answered with its first number, and another's id is a conflict", () =>
  withJournal(async ({ journal, published }) => {
    const one = draft("one");
    const results = await Promise.all(
      [one, one, { ...one, from: BOB }, draft("two"), one].map((d) => journal.submit(d)),
    );
    assert.deepEqual(results.map(seqOf), [["stored", 1], ["duplicate", 1], ["conflict", undefined], ["stored", 2], [
      "duplicate",
      1,
    ]]);
    assert.deepEqual(seqOf(await journal.submit(one)), ["duplicate", 1]);
    assert.deepEqual(published(), [1, 2]);
  }));

Deno.test("posts whose commit was never heard of are published before the next one", async () => {
  const lost = Array.from({ length: 1200 }, (_, i) => draft(`lost ${i}`));
  await withJournal(async ({ room, journal, published }) => {
    assert.equal(room.head, 0);
    assert.deepEqual(seqOf(await journal.submit(draft("next"))), ["stored", 1201]);
    assert.equal(room.head, 1201);
    assert.deepEqual(published(), upTo(1201));
  }, (store) => store.append(LOBBY, lost, Date.now()));
});

Deno.test("the retry of a post whose commit was never heard of publishes it", async () => {
  const lost = [draft("one"), draft("two"), draft("three")];
  await withJournal(async ({ room, journal, published }) => {
    const second = lost[1];
    assert.ok(second);
    assert.deepEqual(seqOf(await journal.submit(second)), ["duplicate", 2]);
    assert.deepEqual([room.head, published()], [2, [1, 2]]);
    const results = await Promise.all([...lost.slice(2), draft("four")].map((d) => journal.submit(d)));
    assert.deepEqual(results.map(seqOf), [["duplicate", 3], ["stored", 4]]);
    assert.deepEqual(published(), [1, 2, 3, 4]);
  }, (store) => store.append(LOBBY, lost, Date.now()));
});

Deno.test("a store that fails fails the posts it was given and none after them", () =>
  withJournal(async ({ store, room, journal, published }) => {
    await journal.submit(draft("one"));
    await store.close();
    const failed = await Promise.allSettled([draft("two"), draft("three")].map((d) => journal.submit(d)));
    assert.deepEqual(failed.map((result) => result.status), ["rejected", "rejected"]);
    await journal.settled();
    assert.deepEqual([room.head, published()], [1, [1]]);
  }));

Deno.test("a store that is behind the room, as an older copy is, ends the room and loses no post", () =>
  withJournal(async ({ store }) => {
    // Everybody has heard of five posts; this copy of the store has none.
    const room = new LiveRoom(LOBBY, { first: 1, head: 5 }, { capacity: 2 ** 20 });
    let sentAway = 0, setBack = 0;
    room.addReader({ wake: () => {}, close: () => sentAway++ }, { seq: 5, cursor: undefined });
    const journal = new Journal(store, room, {
      metrics: new Metrics(),
      setBack: () => {
        setBack++;
        room.dissolve();
      },
    });
    assert.deepEqual(seqOf(await journal.submit(draft("after the fail-over"))), ["stored", 1]);
    assert.deepEqual([setBack, sentAway, room.head], [1, 1, 5]);
    assert.deepEqual(await stored(store), [1]);
  }));
