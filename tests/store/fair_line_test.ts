/** A line in which nobody is in anybody's way but their own. */
import assert from "node:assert/strict";
import { FairLine } from "../../lib/store/fair_line.ts";

Deno.test("lines take turns, each in its own order", () => {
  const line = new FairLine<string>(10);
  for (const item of ["a1", "a2", "a3"]) line.add("a", item);
  for (const item of ["b1", "b2"]) line.add("b", item);
  line.add("c", "c1");
  const taken = Array.from({ length: 7 }, () => line.take());
  assert.deepEqual(taken, ["a1", "b1", "c1", "a2", "b2", "a3", undefined]);
  assert.equal(line.length, 0);
});

Deno.test("a flood fills it alone, and makes room for others", () => {
  const line = new FairLine<string>(4);
  for (let i = 1; i <= 4; i++) assert.equal(line.add("flood", `f${i}`), undefined);
  assert.equal(line.add("flood", "f5"), "f5", "its own next one is refused");
  assert.equal(line.add("alice", "alice"), "f4");
  assert.equal(line.add("bob", "bob"), "f3");
  assert.equal(line.add("carol", "carol"), "f2");
  assert.equal(line.add("dave", "dave"), "dave", "when all are as short as one's own there is no place");
  assert.equal(line.length, 4);
  assert.deepEqual([line.take(), line.take()], ["f1", "alice"]);
  assert.deepEqual(line.clear(), ["bob", "carol"]);
});
