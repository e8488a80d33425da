/** A member that does not read: pushing stops, nobody else notices, and in the end it has missed nothing. */
import assert from "node:assert/strict";
import { ALICE, BOB, CAROL, enter, logIn, serve } from "../support/server.ts";
import { until } from "../support/within.ts";

Deno.test("a member that stops reading falls behind alone, and later gets every number once and in order", async () => {
  await using server = await serve({ ring: 512 * 1024 });
  await using alice = await logIn(server, ALICE);
  const slowSeqs: number[] = [], fastSeqs: number[] = [];
  const collect = (into: number[]) => ({
    intercept: (message: { op: string; seq?: number }) => {
      if (message.op !== "event") return false;
      into.push(message.seq ?? 0);
      return true;
    },
  });
  await using slow = await enter(server, BOB, collect(slowSeqs));
  await using _fast = await enter(server, CAROL, collect(fastSeqs));
  slow.pause();

  // Far more than the room's memory and the two sockets' buffers hold together.
  const text = "x".repeat(60_000), total = 400;
  for (let at = 0; at < total; at += 40) {
    await Promise.all(
      Array.from(
        { length: 40 },
        () => alice.get("stored", { op: "post", room: "lobby", id: crypto.randomUUID(), text }),
      ),
    );
  }
  const everything = Array.from({ length: total }, (_, i) => i + 1);
  await until(() => fastSeqs.at(-1) === total, "the last event to reach the member that reads");
  assert.deepEqual(fastSeqs, everything);
  assert.ok(slowSeqs.length < total, "the slow member has not read all of it yet");

  slow.resume();
  const behind = await slow.expect("behind");
  assert.ok(behind.seq < total);
  await until(() => slowSeqs.at(-1) === total, "the last event to reach the slow member");
  assert.deepEqual(slowSeqs, everything);
  const { members } = await slow.expect("members", (message) => message.request === undefined);
  assert.deepEqual(members.map((member) => member.account).toSorted(), [BOB.account, CAROL.account]);

  // It is with the others again.
  await alice.get("stored", { op: "post", room: "lobby", id: crypto.randomUUID(), text: "and on" });
  await until(() => slowSeqs.at(-1) === total + 1 && fastSeqs.at(-1) === total + 1, "both to follow the room again");
  assert.equal(slowSeqs.length, total + 1);
});

Deno.test("a member that asks for much and reads nothing is listened to no further", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  const text = "x".repeat(60_000);
  for (let i = 0; i < 8; i++) {
    await alice.get("stored", { op: "post", room: "lobby", id: crypto.randomUUID(), text });
  }
  await using greedy = await logIn(server, BOB);
  greedy.pause();
  const questions = 3000;
  // Each answer is a page of 240 KB: 720 MB if the server kept them all.
  const before = Deno.memoryUsage().rss;
  const asking = greedy.say(
    ...Array.from({ length: questions }, (_, request) => ({ op: "history", room: "lobby", request }) as const),
  );
  await using carol = await enter(server, CAROL);
  for (let i = 0; i < 50; i++) {
    await alice.get("stored", { op: "post", room: "lobby", id: crypto.randomUUID(), text: `${i}` });
  }
  assert.equal((await carol.take("event", 50)).length, 50);
  const grown = Deno.memoryUsage().rss - before;
  assert.ok(grown < 300 * 2 ** 20, `memory grew by ${Math.round(grown / 2 ** 20)} MiB`);
  greedy.hangUp();
  await asking.catch(() => {});
});
