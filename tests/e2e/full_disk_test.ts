/** A disk without room: whoever needs some is told, everybody else goes on, and so does the server when there is room again. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { ALICE, BOB, enter, logIn, post, serve } from "../support/server.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small_disk.ts";

function test(name: string, fn: (disk: SmallDisk) => Promise<void>): void {
  Deno.test(name, async (t) => {
    const disk = await mountSmallDisk(4);
    if (!disk) return void await t.step({ name: "needs the right to mount a tmpfs", ignore: true, fn: () => {} });
    await using _ = disk;
    await fn(disk);
  });
}

test("an upload that does not fit is stopped, and goes on when there is room again", async (disk) => {
  await using database = await mountSmallDisk(64);
  assert.ok(database);
  await using server = await serve({ dataDir: disk.folder, database: `sqlite:${database.folder}/chat.sqlite` });
  await using bob = await enter(server, BOB);
  await using alice = await logIn(server, ALICE);
  const ballast = `${disk.folder}/ballast`;
  await Deno.writeFile(ballast, new Uint8Array(2 * 2 ** 20));

  const content = randomBytes(3 * 2 ** 20), sha256 = createHash("sha256").update(content).digest("hex");
  const offer = {
    op: "upload",
    stream: 1,
    room: "lobby",
    id: crypto.randomUUID(),
    type: "file",
    name: "x",
    size: content.length,
  } as const;
  await alice.get("accepted", offer);
  let kept = 0;
  const sent = 100_000;
  for (let at = 0; at < content.length && !alice.inbox.some((heard) => heard.op === "error"); at += sent) {
    await alice.chunk(1, content.subarray(at, at + sent));
  }
  const failure = await alice.expect("error");
  assert.deepEqual([failure.code, failure.stream], ["disk-full", 1]);
  for (const heard of alice.inbox.splice(0)) if (heard.op === "ack") kept = heard.offset;
  assert.ok(kept > 0 && kept < 2 * 2 ** 20);
  assert.equal(await post(alice, "chat goes on"), 1);
  assert.equal((await bob.expect("event")).seq, 1);

  await Deno.remove(ballast);
  const { offset } = await alice.get("accepted", offer);
  assert.ok(offset >= kept, "what was acknowledged is kept");
  for (let at = offset; at < content.length; at += sent) await alice.chunk(1, content.subarray(at, at + sent));
  assert.equal((await alice.get("stored", { op: "finish", stream: 1, sha256 })).sha256, sha256);
});

test("a post that does not fit is refused for the moment, and nothing that was acknowledged is lost", async (disk) => {
  await using server = await serve({ dataDir: disk.folder });
  await using bob = await enter(server, BOB);
  await using alice = await logIn(server, ALICE);
  const text = "x".repeat(60_000), acknowledged: number[] = [];
  const say = () => alice.ask({ op: "post", room: "lobby", id: crypto.randomUUID(), text });
  let answer = await say();
  for (; answer.op === "stored" && acknowledged.length < 500; answer = await say()) acknowledged.push(answer.seq);
  assert.equal(answer.op === "error" && answer.code, "unavailable");
  assert.ok(answer.op === "error" && (answer.retryAfter ?? 0) > 0);
  assert.ok(acknowledged.length > 5, `${acknowledged.length} posts fitted`);
  const heard = await bob.take("event", acknowledged.length);
  assert.deepEqual(heard.map((event) => event.seq), acknowledged);
  await bob.get("pong", { op: "ping" });

  await new Deno.Command("mount", { args: ["-o", "remount,size=16m", disk.folder] }).output();
  assert.equal(await post(alice, "room again"), acknowledged.length + 1);
  const page = await bob.get("page", { op: "history", room: "lobby", after: acknowledged.length - 1 });
  assert.deepEqual(page.events.map((event) => event.seq), [acknowledged.length, acknowledged.length + 1]);
});
