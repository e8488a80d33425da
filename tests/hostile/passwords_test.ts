/** Guessing passwords and looking for accounts. */
import assert from "node:assert/strict";
import { ALICE, BOB } from "../support/server.ts";
import type { Peer } from "../support/peer.ts";
import { arena, besideHonest, greetFrom } from "./arena.ts";

const PASSWORD = "correct horse";
const ATTACKER = "198.51.100.66", HOME = "192.0.2.1";

async function tryPassword(peer: Peer, password: string, account = 4001): Promise<string> {
  const answer = await peer.ask({ op: "login", account, password });
  if (answer.op === "error" && answer.code === "too-many-attempts") assert.ok((answer.retryAfter ?? 0) > 0);
  return answer.op === "error" ? answer.code : answer.op;
}

Deno.test("guessing is stopped by too-many-attempts, and locks nobody out", async () => {
  await using server = await arena({ accountGuessRate: { amount: 6, periodMs: 3_600_000 } });
  {
    await using dora = await greetFrom(server, HOME);
    await dora.get("logged-in", { op: "register", account: 4001, name: "Dora", password: PASSWORD });
    await using again = await greetFrom(server, HOME);
    assert.equal(await tryPassword(again, PASSWORD), "logged-in", "known there from now on");
  }
  await besideHonest(server, "guessing", async () => {
    await using attacker = await greetFrom(server, ATTACKER);
    const codes = [];
    for (let guess = 0; guess < 40; guess++) codes.push(await tryPassword(attacker, `guess ${guess}`));
    assert.deepEqual(codes.slice(0, 4), Array(4).fill("wrong-credentials"));
    assert.ok(codes.slice(4).every((code) => code === "too-many-attempts"));
    assert.equal(await tryPassword(attacker, PASSWORD), "too-many-attempts", "not even the right one is looked at");
    // From many addresses, one guess each.
    let looked = 0;
    for (let host = 1; host <= 12; host++) {
      await using bot = await greetFrom(server, `203.0.113.${host}`);
      if (await tryPassword(bot, "guess") === "wrong-credentials") looked++;
    }
    assert.equal(looked, 2, "six for the account, four of which are used up");
  });
  await using home = await greetFrom(server, HOME);
  assert.equal(await tryPassword(home, PASSWORD), "logged-in");
});

Deno.test("a right token is let in, however much is guessed from everywhere", async () => {
  const none = { amount: 1, periodMs: 3_600_000 };
  await using server = await arena({ accountGuessRate: none, guessRate: none });
  await using attacker = await greetFrom(server, ATTACKER);
  await tryPassword(attacker, "guess", ALICE.account);
  assert.equal(await tryPassword(attacker, "guess", ALICE.account), "too-many-attempts");
  await attacker.get("logged-in", { op: "resume", token: ALICE.token });
});

Deno.test("an unknown account takes as long as a wrong password", async () => {
  const off = { amount: Infinity, periodMs: 1 };
  await using server = await arena({ accountGuessRate: off, guessRate: off });
  await using peer = await greetFrom(server, ATTACKER);
  const took = { known: [] as number[], unknown: [] as number[] };
  let guess = 0;
  for (let round = 0; round < 24; round++) {
    for (const which of round % 2 === 0 ? ["known", "unknown"] as const : ["unknown", "known"] as const) {
      // Another account each time, since one is soon put off.
      const account = which === "known" ? [ALICE, BOB][round % 2]?.account ?? 0 : 5000 + guess++;
      const before = performance.now();
      const code = await tryPassword(peer, "guess", account);
      if (code === "wrong-credentials") took[which].push(performance.now() - before);
    }
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const ratio = median(took.known) / median(took.unknown);
  assert.ok(took.known.length >= 6 && took.unknown.length >= 20);
  // A lookup without a hash would be hundreds of times faster.
  assert.ok(ratio > 0.25 && ratio < 4, `${ratio}`);
});

Deno.test("registering without end is stopped by too-many-registrations", async () => {
  await using server = await arena({ registerRate: { amount: 2, periodMs: 3_600_000 } });
  const register = async (address: string) => {
    await using peer = await greetFrom(server, address);
    const answer = await peer.ask({ op: "register", name: "Eve", password: "eve-eve" });
    return answer.op === "error" ? answer.code : answer.op;
  };
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await register(ATTACKER));
  assert.deepEqual(answers, ["logged-in", "logged-in", "too-many-registrations", "too-many-registrations"]);
  assert.equal(await register(HOME), "logged-in");
});

Deno.test("a flood of logins from one address keeps the line free for another", async () => {
  const off = { amount: Infinity, periodMs: 1 };
  await using server = await arena({ accountGuessRate: off, guessRate: off, connectRate: off, maxPerAddress: 1000 });
  const bots = await Promise.all(Array.from({ length: 12 }, () => greetFrom(server, ATTACKER)));
  let honestAt = 0;
  const answers = bots.map((bot, index) => tryPassword(bot, "flood", 6000 + index));
  let answered = 0;
  for (const answer of answers) void answer.then(() => answered++);
  await using honest = await greetFrom(server, HOME);
  assert.equal(await tryPassword(honest, "wrong", 4321), "wrong-credentials");
  honestAt = answered;
  await Promise.all(answers);
  for (const bot of bots) bot.hangUp();
  assert.ok(honestAt < 9, `the honest one was answered after ${honestAt} of the flood`);
});

Deno.test("nothing secret and nothing said is in the log", async () => {
  const secrets = { password: "s3cret-pass", wrong: "wr0ng-pass", text: "t3xt-of-a-post", fresh: "n3w-pass-word" };
  await using server = await arena();
  await using peer = await greetFrom(server, HOME);
  const entry = { account: 4001, name: "Dora", password: secrets.password, remember: true };
  const { token = "" } = await peer.get("logged-in", { op: "register", ...entry });
  const id = crypto.randomUUID();
  await peer.get("stored", { op: "post", room: "lobby", id, text: secrets.text });
  await peer.get("found", { op: "search", room: "lobby", text: secrets.text });
  await peer.get("password-changed", { op: "password", old: secrets.password, new: secrets.fresh });
  await using other = await greetFrom(server, HOME);
  assert.equal(await other.refused({ op: "login", account: 4001, password: secrets.wrong }), "wrong-credentials");
  assert.equal(await other.refused({ op: "resume", token: `${token}x` }), "token-invalid");
  await peer.say({ op: "post", request: 77, room: "lobby", id, text: `${secrets.text} \ud800` });
  await peer.answer(77);
  await server.close();
  const logged = JSON.stringify(server.log);
  assert.match(logged, /login-refused/);
  for (const secret of [...Object.values(secrets), token]) assert.ok(!logged.includes(secret), secret);
});
