/** Order under a server that puts things off. */
import assert from "node:assert/strict";
import { Refused } from "../../lib/client/failure.ts";
import { Turns } from "../../lib/client/turns.ts";

const later = (retryAfter: number) => new Refused({ code: "slow-down", message: "Later.", retryAfter });

/** A server that takes so many, and then so many more each time that it was waited for. */
function throttled(burst: number, periodMs: number) {
  const stored: number[] = [];
  let left = burst, shutUntil = 0, refusals = 0;
  const ask = async (number: number) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = performance.now();
    if (now >= shutUntil && left === 0) {
      if (shutUntil > 0) left = burst, shutUntil = 0;
      else shutUntil = now + periodMs;
    }
    if (now < shutUntil || left === 0) {
      refusals++;
      throw later(Math.max(1, shutUntil - now));
    }
    left--;
    return stored.push(number);
  };
  return { stored, ask, refused: () => refusals };
}

Deno.test("nothing is lost and nothing overtakes, however much is under way", async () => {
  const { stored, ask, refused } = throttled(10, 20);
  const turns = new Turns({ patienceMs: 10_000 });
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  const asked: Promise<number>[] = [];
  for (const number of numbers) {
    asked.push(turns.take(() => ask(number)));
    if (number % 7 === 0) await Promise.race(asked.slice(-3));
  }
  await Promise.all(asked);
  assert.deepEqual(stored, numbers);
  assert.ok(refused() > 0, "it was put off in between");
});

Deno.test("what is refused for good, or never answered, is told to whoever asked", async () => {
  const turns = new Turns({ patienceMs: 50 });
  await assert.rejects(turns.take(() => Promise.reject(new Refused({ code: "bad-text", message: "No." }))), /No/);
  await assert.rejects(turns.take(() => Promise.reject(later(10))), /Later/);
  await assert.rejects(turns.take(() => Promise.reject(later(1000))), /Later/);
  assert.equal(await turns.take(() => Promise.resolve(7)), 7);
});
