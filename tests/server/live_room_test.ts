import assert from "node:assert/strict";
import { LOBBY, type Post } from "../../lib/chat/types.ts";
import { LiveRoom } from "../../lib/server/live_room.ts";
import { until } from "../support/within.ts";

const post = (seq: number): Post => ({
  type: "post",
  seq,
  id: crypto.randomUUID(),
  from: { account: 1001, name: "Alice" },
  at: 1,
  text: `text ${seq}`,
});

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
    heard.forEach((_, index) => room.addReader({ wake: () => void (heard[index] = room.head), close: () => {} }));
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
        if (index === READERS - 1) room.addReader(late);
      },
      close: () => {},
    };
    room.addReader(reader);
  }
  room.apply({ type: "stored", posts: [post(1)] });
  await until(() => woken === 1, "the late reader to be woken");
  room.apply({ type: "stored", posts: [post(2)] });
  await until(() => woken === 2, "the only reader to be woken");
});
