/** Token buckets on a clock that the test moves. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Buckets } from "../../../lib/server/limits/buckets.ts";
import { parseDuration, parseRate } from "../../../lib/server/limits/rate.ts";

function bucketsAt(rate: string) {
  const clock = { now: 0 };
  const parsed = parseRate(rate);
  assert.ok(parsed);
  return { clock, buckets: new Buckets(parsed, () => clock.now) };
}

Deno.test("a burst, then the rate, and each for themselves", () => {
  const { clock, buckets } = bucketsAt("5/10s");
  for (let i = 0; i < 5; i++) assert.equal(buckets.take("alice"), 0);
  assert.equal(buckets.take("alice"), 2000);
  assert.equal(buckets.take("bob"), 0);
  clock.now = 1999;
  assert.equal(buckets.take("alice"), 1);
  clock.now = 2000;
  assert.equal(buckets.take("alice"), 0);
  clock.now = 100_000;
  for (let i = 0; i < 5; i++) assert.equal(buckets.take("alice"), 0);
  assert.ok(buckets.take("alice") > 0);
});

Deno.test("what has refused stays shut for as long as it said, so that nothing is overtaken", () => {
  const { clock, buckets } = bucketsAt("1000/1s");
  for (let i = 0; i < 1000; i++) buckets.take("alice");
  assert.equal(buckets.take("alice"), 1000, "a second at least");
  clock.now = 999;
  assert.equal(buckets.take("alice"), 1, "although there are tokens by now");
  clock.now = 1000;
  assert.equal(buckets.take("alice"), 0);
});

Deno.test("something larger than the bucket takes a full one, and leaves a debt", () => {
  const { clock, buckets } = bucketsAt("10/10s");
  assert.equal(buckets.take("alice", 25), 0);
  assert.equal(buckets.take("alice", 1), 16_000);
  clock.now = 16_000;
  assert.equal(buckets.take("alice", 1), 0);
});

Deno.test("what was not used is given back", () => {
  const { buckets } = bucketsAt("10/10s");
  buckets.take("alice", 10);
  buckets.giveBack("alice", 4);
  assert.equal(buckets.take("alice", 4), 0);
  assert.ok(buckets.take("alice", 1) > 0);
});

Deno.test("off is no limit", () => {
  const { buckets } = bucketsAt("off");
  for (let i = 0; i < 100_000; i++) assert.equal(buckets.take("alice", 1e9), 0);
});

Deno.test("in no time span is more let through than a burst and what the rate brings", () => {
  const amount = 7, periodMs = 1000;
  fc.assert(fc.property(fc.array(fc.record({ after: fc.nat(400), cost: fc.integer({ min: 1, max: 7 }) })), (asked) => {
    let now = 0, let_through = 0;
    const buckets = new Buckets({ amount, periodMs }, () => now);
    for (const { after, cost } of asked) {
      now += after;
      if (buckets.take("x", cost) === 0) let_through += cost;
      assert.ok(let_through <= amount + now * amount / periodMs + 1e-6);
    }
  }));
});

Deno.test("rates and times as people write them", () => {
  assert.deepEqual(parseRate("100/20s"), { amount: 100, periodMs: 20_000 });
  assert.deepEqual(parseRate("2M/m"), { amount: 2 ** 21, periodMs: 60_000 });
  assert.equal(parseRate("off")?.amount, Infinity);
  for (const wrong of ["", "5", "0/1s", "5/", "5/0s", "5/1w", "-1/1s", "5/1s/2", "x/1s"]) {
    assert.equal(parseRate(wrong), undefined, wrong);
  }
  assert.deepEqual(["90s", "5m", "2h", "1d", "0s", "s", "5"].map(parseDuration), [
    90_000,
    300_000,
    7_200_000,
    86_400_000,
    undefined,
    undefined,
    undefined,
  ]);
});
