/** Guessing passwords, on a clock that the test moves. */
import assert from "node:assert/strict";
import { Guesses } from "../../../lib/server/limits/guesses.ts";

const ME = "192.0.2.1", ELSEWHERE = "198.51.100.7";

function guesses({ address = 60, account = 30, delay = 900_000 } = {}) {
  const clock = { now: 1 };
  const hour = 3_600_000;
  const guard = new Guesses({
    address: { amount: address, periodMs: hour },
    account: { amount: account, periodMs: hour },
    delay,
  }, () => clock.now);
  /** Tries, and ends the try at once; the milliseconds to wait when it was put off. */
  const attempt = (number: number, network: string, right: boolean | undefined): number => {
    const begun = guard.begin(number, network);
    begun.end?.(right);
    return begun.wait;
  };
  return { clock, guard, attempt };
}

Deno.test("a few wrong passwords cost nothing, then each doubles the wait, up to the longest", () => {
  const { clock, attempt } = guesses({ account: 1000, address: 1000, delay: 60_000 });
  for (let i = 0; i < 3; i++) assert.equal(attempt(1001, ME, false), 0);
  assert.equal(attempt(1001, ME, false), 0, "the fourth is looked at");
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const wait = attempt(1001, ME, true);
    waits.push(wait);
    clock.now += wait;
    assert.equal(attempt(1001, ME, false), 0);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

Deno.test("the right password ends the wait, and an unanswered try does not count", () => {
  const { clock, attempt } = guesses();
  for (let i = 0; i < 4; i++) attempt(1001, ME, false);
  clock.now += 1000;
  assert.equal(attempt(1001, ME, true), 0);
  for (let i = 0; i < 4; i++) assert.equal(attempt(1001, ME, false), 0);
  for (let i = 0; i < 100; i++) assert.equal(attempt(1002, ME, undefined), 0);
});

Deno.test("nobody is locked out by guesses from elsewhere", () => {
  const { attempt } = guesses();
  assert.equal(attempt(1001, ME, true), 0, "known here from now on");
  for (let host = 0; host < 200; host++) attempt(1001, `203.0.113.${host}`, false);
  assert.ok(attempt(1001, ELSEWHERE, true) > 0, "the account is being guessed at: strangers wait");
  assert.equal(attempt(1001, ME, true), 0);
  assert.equal(attempt(1002, ELSEWHERE, true), 0, "other accounts are not touched");
});

Deno.test("one address cannot go through all accounts", () => {
  const { attempt } = guesses({ address: 20 });
  let looked = 0;
  for (let number = 1; number <= 1000; number++) if (attempt(number, ME, false) === 0) looked++;
  assert.equal(looked, 20);
  assert.equal(attempt(5000, ELSEWHERE, true), 0);
});

Deno.test("many tries at once are not more than one after the other", () => {
  const { guard } = guesses({ account: 30 });
  const begun = Array.from({ length: 100 }, (_, host) => guard.begin(1001, `203.0.113.${host}`));
  assert.equal(begun.filter((one) => one.end).length, 30);
  const here = Array.from({ length: 100 }, () => guard.begin(1002, ME));
  assert.equal(here.filter((one) => one.end).length, 8);
});

Deno.test("wrong passwords are forgotten after four times the longest wait", () => {
  const { clock, attempt } = guesses({ delay: 1000 });
  for (let i = 0; i < 4; i++) attempt(1001, ME, false);
  clock.now += 4001;
  for (let i = 0; i < 4; i++) assert.equal(attempt(1001, ME, false), 0);
});
