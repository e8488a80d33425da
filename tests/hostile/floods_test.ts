/** Too many connections, too slow ones, too much of everything, and names that are none. */
import assert from "node:assert/strict";
import { LegacyKind } from "../../lib/protocol/legacy_decoder.ts";
import { COMMANDS } from "../../lib/protocol/command.ts";
import { encodeFrame, Kind } from "../../lib/protocol/frame.ts";
import { ALICE, BOB } from "../support/server.ts";
import { arena, besideHonest, connectFrom, greetFrom, helloFrom } from "./arena.ts";

const ATTACKER = "198.51.100.66", HOME = "192.0.2.1";

Deno.test("a flood of connections is stopped by too-many-connections, and others still come in", async () => {
  await using server = await arena({ maxPerAddress: 10 });
  await besideHonest(server, "connections", async () => {
    const flood = await Promise.all(Array.from({ length: 40 }, () => helloFrom(server, ATTACKER)));
    const heard = await Promise.all(flood.map((peer) =>
      Promise.race([
        peer.expect("welcome").then(() => "welcome"),
        peer.expect("error").then(({ code, retryAfter = 0 }) => retryAfter > 0 ? code : "no-retry"),
      ])
    ));
    const count = (what: string) => heard.filter((one) => one === what).length;
    assert.deepEqual([count("welcome"), count("too-many-connections")], [10, 30]);
    for (const peer of flood) peer.hangUp();
  });
  await using honest = await greetFrom(server, HOME);
  await honest.get("logged-in", { op: "resume", token: ALICE.token });
});

Deno.test("new connections come no faster than the rate, also when each ends at once", async () => {
  await using server = await arena({ connectRate: { amount: 5, periodMs: 3_600_000 } });
  for (let i = 0; i < 5; i++) (await greetFrom(server, ATTACKER)).hangUp();
  await using refused = await helloFrom(server, ATTACKER);
  assert.equal((await refused.expect("error")).code, "too-many-connections");
  await using honest = await greetFrom(server, HOME);
  await honest.get("logged-in", { op: "resume", token: ALICE.token });
});

Deno.test("bytes that trickle, and frames that never end, are stopped by login-timeout", async () => {
  await using server = await arena({ visitorTime: 300, patience: { sweep: 20 } });
  await using silent = await connectFrom(server, ATTACKER);
  await using greeted = await greetFrom(server, ATTACKER);
  await using trickling = await connectFrom(server, ATTACKER);
  const hello = encodeFrame({ id: 16, stream: 0, kind: Kind.text }, new Uint8Array(2000).fill(32));
  const trickle = (async () => {
    for (const byte of hello) {
      await trickling.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })().catch(() => {});
  for (const peer of [silent, greeted, trickling]) {
    assert.equal((await peer.expect("error")).code, "login-timeout");
    await peer.closed();
  }
  // The old dialect has no words for it: the connection ends.
  await using old = await connectFrom(server, ATTACKER);
  await old.write(encodeFrame({ id: 1, stream: 0, kind: LegacyKind.text }, new Uint8Array(100)).subarray(0, 20));
  await old.closed();
  await trickle;
  await using honest = await greetFrom(server, HOME);
  await honest.get("logged-in", { op: "resume", token: ALICE.token });
});

Deno.test("posts, entrances, look-ups and files are held to their rates by name", async () => {
  const few = { amount: 3, periodMs: 3_600_000 };
  const kib = { amount: 10_000, periodMs: 3_600_000 };
  await using server = await arena({
    joinRate: few,
    lookupRate: few,
    uploadRate: kib,
    quota: 15_000,
    postBytesRate: kib,
  });
  const alice = await greetFrom(server, HOME);
  await using _ = alice;
  await alice.get("logged-in", { op: "resume", token: ALICE.token });
  const slow = async (question: Parameters<typeof alice.ask>[0]) => {
    const answer = await alice.get("error", question);
    assert.ok((answer.retryAfter ?? 0) > 0);
    return answer.code;
  };
  const say = (text: string) => ({ op: "post", room: "lobby", id: crypto.randomUUID(), text } as const);
  await alice.get("stored", say("x".repeat(9000)));
  assert.equal(await slow(say("y".repeat(9000))), "slow-down");
  for (let i = 0; i < 3; i++) await alice.get("page", { op: "history", room: "lobby" });
  assert.equal(await slow({ op: "search", room: "lobby", text: "x" }), "slow-down");
  const offer = (size: number, stream: number) =>
    ({ op: "upload", stream, room: "lobby", id: crypto.randomUUID(), type: "file", name: "a", size }) as const;
  await alice.get("accepted", offer(9000, 1));
  assert.equal((await alice.get("error", offer(9000, 2))).code, "quota-exceeded");
  assert.equal(await slow(offer(5000, 2)), "upload-limit");
  await using bob = await greetFrom(server, HOME);
  await bob.get("logged-in", { op: "resume", token: BOB.token });
  await bob.get("stored", say("others are not touched"));
});

Deno.test("nobody speaks for another, and no name or text breaks anything", async () => {
  await using server = await arena();
  await using eve = await greetFrom(server, ATTACKER);
  const names = [
    "../../etc/passwd",
    "a/b",
    "a\\b",
    "..",
    "",
    "x".repeat(300),
    "\u001b]0;owned\u0007",
    "a\u0000b",
    "\u202egnp.exe",
  ];
  assert.equal(await eve.refused({ op: "register", name: "\u001b[31mroot", password: "eve-eve" }), "bad-name");
  const { account } = await eve.get("logged-in", { op: "register", name: "Eve", password: "eve-eve" });
  for (const name of names) {
    const offer = {
      op: "upload",
      stream: 1,
      room: "lobby",
      id: crypto.randomUUID(),
      type: "file",
      name,
      size: 1,
    } as const;
    assert.equal(await eve.refused(offer), "bad-file-name", JSON.stringify(name));
  }
  // The fields are not the protocol's: they are passed over, and the sender is who logged in.
  const forged = {
    request: 900,
    room: "lobby",
    id: crypto.randomUUID(),
    text: "I am Alice",
    from: ALICE,
    account: ALICE.account,
  };
  const payload = new TextEncoder().encode(JSON.stringify(forged));
  await eve.write(encodeFrame({ id: COMMANDS.post.id, stream: 0, kind: Kind.text }, payload));
  assert.equal((await eve.answer(900)).op, "stored");
  const { events } = await eve.get("page", { op: "history", room: "lobby" });
  assert.deepEqual(events.map((event) => event.from.account), [account]);
  await eve.say({ op: "hello", version: 1, client: "\u001b[2J\nforged line" });
  await server.close();
  assert.ok(!JSON.stringify(server.log).includes("\\u001b"), "escapes do not reach the log");
});

Deno.test("a token that was stolen is no use once it was revoked, and what it had open ends", async () => {
  await using server = await arena();
  await using owner = await greetFrom(server, HOME);
  const entry = { op: "register", account: 4001, name: "Dora", password: "correct horse" } as const;
  const { token = "" } = await owner.get("logged-in", { ...entry, remember: true, device: "lost phone" });
  await using thief = await greetFrom(server, ATTACKER);
  await thief.get("logged-in", { op: "resume", token });
  await thief.get("joined", { op: "join", room: "lobby" });
  await owner.get("revoked", { op: "revoke", device: 1 });
  assert.equal((await thief.expect("bye")).reason, "revoked");
  await thief.closed();
  await using replay = await greetFrom(server, ATTACKER);
  assert.equal(await replay.refused({ op: "resume", token }), "token-invalid");
});
