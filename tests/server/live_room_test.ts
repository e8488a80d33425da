import assert from "node:assert/strict";
import { LOBBY, type Post } from "../../lib/chat/types.ts";
import { Distribution } from "../../lib/server/distribution.ts";
import { LiveRoom, type Place } from "../../lib/server/live_room.ts";
import { until } from "../support/within.ts";

const post = (seq: number): Post => ({
  type: "post",
  seq,
  id: crypto.randomUUID(),
  from: { account: 1001, name: "Alice" },
  at: 1,
  text: `text ${seq}`,
});

/** A reader that has nothing to do with the log. */
const ANYWHERE: Place = { seq: 0, cursor: undefined };

/** More than are woken in one turn of the event loop. */
const READERS = 1000;

// A last round, in which nobody finds anything new, may end a turn after the test.
const relaxed = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "live room: everybody is woken for the last thing said, however much is said in between",
  relaxed,
  async () => {
    const room = new LiveRoom(LOBBY, { first: 1, head: 0 }, { capacity: 1024 * 1024 });
    const heard = Array.from({ length: READERS }, () => 0);
    heard.forEach((_, index) =>
      room.addReader({ wake: () => void (heard[index] = room.head), close: () => {} }, ANYWHERE)
    );
    for (let seq = 1; seq <= 20; seq++) {
      room.apply({ type: "stored", posts: [post(seq)] });
      // Some of the time in the middle of a round, some of the time after it.
      if (seq % 3 > 0) await new Promise((resolve) => setTimeout(resolve, seq % 3 - 1));
    }
    await until(() => heard.every((head) => head === 20), "everybody to be woken");
    assert.equal(room.head, 20);
  },
);

Deno.test("live room: who leaves or comes during a round is no trouble", relaxed, async () => {
  const room = new LiveRoom(LOBBY, { first: 1, head: 0 }, { capacity: 1024 * 1024 });
  let woken = 0;
  const late = { wake: () => void woken++, close: () => {} };
  for (let index = 0; index < READERS; index++) {
    const reader = {
      wake: () => {
        room.removeReader(reader);
        if (index === READERS - 1) room.addReader(late, ANYWHERE);
      },
      close: () => {},
    };
    room.addReader(reader, ANYWHERE);
  }
  room.apply({ type: "stored", posts: [post(1)] });
  await until(() => woken === 1, "the late reader to be woken");
  room.apply({ type: "stored", posts: [post(2)] });
  await until(() => woken === 2, "the only reader to be woken");
});

Deno.test(
  "live room: a post is delivered once, when the round that carries it has reached everybody",
  relaxed,
  async () => {
    const deliverySeconds = new Distribution([3600]);
    const room = new LiveRoom(LOBBY, { first: 1, head: 0 }, { capacity: 1024 * 1024, deliverySeconds });
    const heard: number[] = [];
    for (let index = 0; index < READERS; index++) {
      room.addReader({ wake: () => void (heard[index] = deliverySeconds.count), close: () => {} }, ANYWHERE);
    }
    const now = performance.now();
    room.apply({ type: "stored", posts: [post(1), post(2)] }, [now - 1000, now - 3000]);
    await until(() => deliverySeconds.count === 2, "the posts to be delivered");
    assert.deepEqual(new Set(heard), new Set([0]));
    assert.ok(deliverySeconds.sum >= 4 && deliverySeconds.counts[0] === 2);
  },
);

Deno.test("live room: the lag is that of the slowest reader, in the log and behind it", relaxed, () => {
  const room = new LiveRoom(LOBBY, { first: 1, head: 0 }, { capacity: 1024 * 1024 });
  assert.deepEqual(room.lag(), { events: 0, bytes: 0, behind: 0 });
  const reader = () => ({ wake: () => {}, close: () => {} });
  const follow = () => {
    const cursor = room.cursorAfter(room.head);
    assert.ok(cursor);
    room.addReader(reader(), {
      get seq() {
        return cursor.lastSeq;
      },
      cursor,
    });
    return cursor;
  };
  const [slow, quick] = [follow(), follow()];
  room.apply({ type: "stored", posts: [post(1), post(2)] });
  const taken = quick.take()?.length;
  assert.deepEqual(room.lag(), { events: 2, bytes: taken, behind: 0 });
  slow.take();
  assert.deepEqual(room.lag(), { events: 0, bytes: 0, behind: 0 });
  // More than the log has room for: whoever took nothing of it has to read from the store.
  for (let seq = 3; seq <= 103; seq++) {
    room.apply({ type: "stored", posts: [{ ...post(seq), text: "x".repeat(20_000) } as Post] });
    while (quick.take());
  }
  assert.deepEqual(room.lag(), { events: 101, bytes: 0, behind: 1 });
});
