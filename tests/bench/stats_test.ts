import assert from "node:assert/strict";
import { Random } from "../chaos/random.ts";
import { inRounds } from "./bench_context.ts";
import { digits, goalAtLeast, goalAtMost, ratioOf } from "./figures.ts";
import { median, ratios, summarize } from "./stats.ts";

Deno.test("stats: the median of odd, even and no values", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

Deno.test("stats: ratios are taken within a round, and only where both were there", () => {
  const above = new Map([[1, 10], [2, 40], [3, 90]]);
  const below = new Map([[1, 10], [2, 20], [4, 1]]);
  assert.deepEqual(ratios(above, below), { median: 1.5, low: 1, high: 2, count: 2 });
});

Deno.test("stats: a ratio finds its samples by case and contestant", () => {
  const sample = (contestant: string, round: number, rate: number) => ({
    case: "a",
    contestant,
    round,
    values: { rate },
  });
  const samples = [sample("x", 1, 6), sample("y", 1, 3), sample("x", 2, 9), sample("y", 2, 3)];
  const other = { ...sample("y", 1, 1000), case: "b" };
  const found = ratioOf([other, ...samples], { case: "a", value: "rate", above: "x", below: "y" });
  assert.deepEqual([found.low, found.median, found.high], [2, 2.5, 3]);
});

Deno.test("stats: a goal is met at its bound, and open when nothing was measured", () => {
  assert.equal(goalAtLeast("", 2, summarize([2])).met, true);
  assert.equal(goalAtLeast("", 2, summarize([1.99])).met, false);
  assert.equal(goalAtMost("", 2, summarize([2])).met, true);
  assert.equal(goalAtMost("", 2, summarize([2.01])).met, false);
  assert.equal(goalAtMost("", 2, ratios(new Map(), new Map())).met, undefined);
});

Deno.test("stats: figures have three digits that count", () => {
  assert.deepEqual([0.012345, 1.5, 123.4, 12_345.6, NaN].map(digits), ["0.0123", "1.5", "123", "12,346", "–"]);
});

Deno.test("rounds: everybody once in each, in the same order for the same seed", async () => {
  const order = async (seed: number) => {
    const seen: string[] = [];
    const bench = { rounds: 6, random: new Random(seed) };
    await inRounds(bench, ["a", "b", "c"], (who, round) => Promise.resolve(void seen.push(`${round}${who}`)));
    return seen;
  };
  const seen = await order(7);
  assert.deepEqual(seen, await order(7));
  for (let round = 1; round <= 6; round++) {
    const inRound = seen.slice(3 * round - 3, 3 * round);
    assert.deepEqual(inRound.toSorted(), [`${round}a`, `${round}b`, `${round}c`]);
  }
  assert.notDeepEqual(seen.slice(0, 15).map((s) => s.slice(1)), "abcabcabcabcabc".split(""));
});
