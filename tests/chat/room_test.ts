import assert from "node:assert/strict";
import { emptyRoom, members, type RoomInput, type RoomState, step } from "../../lib/chat/room.ts";
import type { Post } from "../../lib/chat/types.ts";

const alice = { account: 1001, name: "Alice" };
const bob = { account: 1002, name: "Bob" };

function play(state: RoomState, inputs: readonly RoomInput[]) {
  return inputs.reduce((before, input) => {
    const after = step(before.state, input);
    return { state: after.state, events: [...before.events, ...after.events] };
  }, { state, events: [] as readonly unknown[] });
}

const room = (head: number) => emptyRoom({ first: 1, head });
const post = (seq: number): Post => ({ type: "post", seq, id: `${seq}`, from: alice, at: seq, text: "hi" });

Deno.test("only the first and the last connection of a person are noticed", () => {
  const { state, events } = play(room(0), [
    { type: "join", account: alice, at: 1 },
    { type: "join", account: alice, at: 2 },
    { type: "join", account: bob, at: 3 },
    { type: "leave", account: alice, at: 4 },
    { type: "leave", account: alice, at: 5 },
  ]);
  assert.deepEqual(events, [
    { type: "joined", member: { ...alice, since: 1 }, at: 1 },
    { type: "joined", member: { ...bob, since: 3 }, at: 3 },
    { type: "left", member: { ...alice, since: 1 }, at: 5 },
  ]);
  assert.deepEqual(members(state), [{ ...bob, since: 3 }]);
});

Deno.test("somebody who is not there cannot leave", () => {
  assert.throws(() => step(room(0), { type: "leave", account: bob, at: 1 }), /account 1002 is not in the room/);
});

Deno.test("posts are published in the order of their numbers", () => {
  const { state, events } = step(room(41), { type: "stored", posts: [post(42), post(43)] });
  assert.equal(state.head, 43);
  assert.deepEqual(events, [post(42), post(43)]);
});

Deno.test("a gap or a repetition is refused before anything is published", () => {
  for (const seqs of [[43], [42, 44], [42, 42], [41]]) {
    assert.throws(() => step(room(41), { type: "stored", posts: seqs.map(post) }), /Cannot publish post/);
  }
});

Deno.test("what is no longer kept is forgotten for good, and posting goes on", () => {
  const { state, events } = play(room(41), [
    { type: "trimmed", first: 30 },
    { type: "trimmed", first: 20 },
    { type: "stored", posts: [post(42)] },
  ]);
  assert.deepEqual([state.first, state.head, events], [30, 42, [post(42)]]);
});
