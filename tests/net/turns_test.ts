/** So many in one turn of the event loop, the others in order in those that follow. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Turns } from "../../lib/net/turns.ts";

Deno.test("so many begin at once, and as many more with each turn, in the order in which they came", async () => {
  const turns = new Turns(3);
  const begun: number[] = [];
  for (let one = 0; one < 8; one++) {
    const turn = turns.take();
    if (turn) turn.then(() => begun.push(one));
    else begun.push(one);
  }
  assert.deepEqual(begun, [0, 1, 2]);
  await setImmediate();
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5]);
  await setImmediate();
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
  await setImmediate();
  assert.equal(turns.take(), undefined);
});

Deno.test("whoever comes while others wait does not overtake them", async () => {
  const turns = new Turns(1);
  const begun: string[] = [];
  const come = (name: string) => {
    const turn = turns.take();
    if (turn) turn.then(() => begun.push(name));
    else begun.push(name);
  };
  come("first");
  come("second");
  come("third");
  await setImmediate();
  come("fourth");
  assert.deepEqual(begun, ["first", "second"]);
  await setImmediate();
  await setImmediate();
  assert.deepEqual(begun, ["first", "second", "third", "fourth"]);
});
