/** A room's events one at a time, from its memory and from the store. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Draft } from "../../lib/chat/types.ts";
import { LiveRoom } from "../../lib/server/live_room.ts";
import { type RoomEvent, RoomEvents } from "../../lib/server/room_events.ts";
import { openStore } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { temporaryFolder } from "../support/server.ts";

const ALICE = { account: 1001, name: "Alice" };

async function withRoom(use: (room: LiveRoom, store: Store) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const store = stack.adopt(await openStore(`sqlite:${join(folder, "chat.sqlite")}`), (opened) => opened.close());
  await store.createAccount({ ...ALICE, passwordHash: "x", createdAt: 1 });
  await use(new LiveRoom("lobby", { first: 1, head: 0 }, { capacity: 4096 }), store);
}

/** Stores texts and publishes them, as the journal does. */
async function say(room: LiveRoom, store: Store, texts: readonly string[]): Promise<void> {
  const drafts = texts.map((text): Draft => ({ id: crypto.randomUUID(), from: ALICE, type: "post", text }));
  const results = await store.append("lobby", drafts, 1);
  room.apply({ type: "stored", posts: results.flatMap((result) => result.status === "stored" ? [result.post] : []) });
}

/** Everything up to the present, in a word each. */
async function read(events: RoomEvents): Promise<string[]> {
  const words: string[] = [];
  for (let event = await events.next(); event; event = await events.next()) words.push(word(event));
  return words;
}

function word(event: RoomEvent): string {
  if (event.op === "event") {
    return event.type === "post" ? event.text.slice(0, 10) : "name" in event ? event.name : event.type;
  }
  return event.op === "presence" ? event.type : event.op;
}

Deno.test("what happens is read as it happened, and nothing from before", async () => {
  await withRoom(async (room, store) => {
    await say(room, store, ["before"]);
    const events = new RoomEvents(room, store);
    assert.deepEqual(await read(events), []);
    room.apply({ type: "join", account: ALICE, at: 1 });
    await say(room, store, ["one", "two"]);
    room.apply({ type: "leave", account: ALICE, at: 1 });
    assert.deepEqual(await read(events), ["joined", "one", "two", "left"]);
    await say(room, store, ["three"]);
    assert.deepEqual(await read(events), ["three"]);
  });
});

Deno.test("a reader that the memory has left behind goes on from the store, and then looks who is there", async () => {
  await withRoom(async (room, store) => {
    const events = new RoomEvents(room, store);
    const texts = Array.from({ length: 100 }, (_, i) => `${i} `.padEnd(500, "x"));
    for (const text of texts) await say(room, store, [text]);
    const words = await read(events);
    assert.ok(words.includes("missed"));
    assert.deepEqual(words.filter((each) => each !== "missed"), texts.map((text) => text.slice(0, 10)));
  });
});

Deno.test("what is neither in the memory nor in the store is passed over", async () => {
  await withRoom(async (room, store) => {
    const events = new RoomEvents(room, store);
    const post = (seq: number, text: string) =>
      ({ type: "post", seq, id: crypto.randomUUID(), from: ALICE, at: 1, text }) as const;
    for (let seq = 1; seq <= 50; seq++) room.apply({ type: "stored", posts: [post(seq, "x".repeat(500))] });
    assert.deepEqual(await read(events), ["missed"]);
    room.apply({ type: "stored", posts: [post(51, "now")] });
    assert.deepEqual(await read(events), ["now"]);
  });
});
