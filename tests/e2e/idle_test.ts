/** Connections that only sit there: 2,000 in the room and 200 that never said a word. */
import assert from "node:assert/strict";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, CAROL, enter, logIn, post, serve } from "../support/server.ts";

/** Connects this many at a time: the backlog of a listening socket is 128. */
const AT_ONCE = 100;

async function inBatches<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    made.push(...await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - made.length) }, make)));
  }
  return made;
}

Deno.test("2,000 that sit in the room cost nobody anything: a message still reaches all of them", async () => {
  await using server = await serve();
  await using stack = new AsyncDisposableStack();
  await using alice = await enter(server, ALICE);
  for (const silent of await inBatches(200, () => Peer.connect(server.address))) stack.use(silent);
  const idle = await inBatches(2000, () => enter(server, BOB));
  for (const peer of idle) stack.use(peer);
  await using carol = await logIn(server, CAROL);

  const seq = await post(carol, "does everybody hear me?");
  const heard = await Promise.all(idle.map((peer) => peer.expect("event")));
  assert.ok(heard.every((event) => event.seq === seq && event.type === "post"));
  assert.equal((await alice.expect("event")).seq, seq);
  assert.equal((await alice.get("members", { op: "who", room: "lobby" })).members.length, 2);
  const notices = alice.inbox.filter((message) => message.op === "presence");
  assert.equal(notices.length, 1, "2,000 connections of one person are one person");
});
