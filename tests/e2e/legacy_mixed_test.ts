/** People on the old client and people on the new one in one room: the same talk, the same presence, the same pictures. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { DORA, QT_PASSWORD, QtClient, title } from "../support/qt_client.ts";
import { serveQt } from "../support/qt_server.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post } from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const PNG = "\x89PNG\r\n\x1a\n";

/** Something that begins as a picture of some kind does. */
function picture(beginning: string, size: number): Uint8Array {
  const bytes = new Uint8Array(randomBytes(size));
  bytes.set([...beginning].map((character) => character.charCodeAt(0)));
  return bytes;
}

Deno.test("what is said on one side is heard on the other, and is in the history", async () => {
  await using server = await serveQt();
  await using alice = await enter(server, ALICE);
  await using dora = await QtClient.enter(server, DORA);
  assert.deepEqual((await alice.expect("presence")).member.name, DORA.name);

  await post(alice, "hi from the new side 👋");
  assert.deepEqual(await dora.reader.expectSaid(title(ALICE)), {
    see: "text",
    account: ALICE.account,
    text: "hi from the new side 👋",
  });
  await alice.expect("event");
  await dora.sendText("你好 from the old side");
  const event = await alice.expect("event");
  assert.ok(event.type === "post");
  assert.equal(event.text, "你好 from the old side");
  assert.deepEqual(event.from, { account: DORA.account, name: DORA.name });
  assert.equal(event.seq, 2);
  const { events } = await alice.get("page", { op: "history", room: "lobby" });
  assert.deepEqual(events.map((each) => each.type === "post" && each.text), [
    "hi from the new side 👋",
    "你好 from the old side",
  ]);
});

Deno.test("who is there is the same on both sides", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  {
    await using bob = await enter(server, BOB);
    await dora.reader.expect("notice", (sight) => sight.text === `${title(BOB)}走进了聊天室!`);
    await dora.reader.expect("list", ({ members }) => members.some(({ username }) => username === BOB.name));
    const { members } = await bob.get("members", { op: "who", room: "lobby" });
    assert.deepEqual(members.map(({ account }) => account).toSorted(), [BOB.account, DORA.account]);
  }
  await dora.reader.expect("notice", (sight) => sight.text === `${title(BOB)}离开了聊天室!`);
  await using alice = await enter(server, ALICE);
  dora.hangUp();
  const left = await alice.expect("presence");
  assert.deepEqual([left.type, left.member.account], ["left", DORA.account]);
});

Deno.test("one person on both clients at once is there once", async () => {
  await using server = await serveQt();
  await using alice = await enter(server, ALICE);
  await using peer = await Peer.greet(server.address);
  await peer.get("logged-in", { op: "login", account: DORA.account, password: QT_PASSWORD });
  await peer.get("joined", { op: "join", room: "lobby" });
  await alice.expect("presence", ({ type }) => type === "joined");
  // It is there already: nobody else is told again, but its own window is.
  await using dora = await QtClient.enter(server, DORA);
  await dora.sendText("on the old one");
  await peer.expect("event");
  dora.hangUp();
  await dora.reader.closed();
  await post(peer, "on the new one");
  await alice.take("event", 2);
  assert.ok(!alice.inbox.some(({ op }) => op === "presence"), "one of the two came and went unnoticed");
  await peer.say({ op: "logout", request: 99 });
  await alice.expect("presence", ({ type }) => type === "left");
});

Deno.test("pictures go both ways, byte by byte", async () => {
  await using server = await serveQt();
  await using alice = await enter(server, ALICE);
  await using dora = await QtClient.enter(server, DORA);
  const ours = picture(PNG, 30_000);
  await sendBytes(alice, ours, { type: "image", name: "our.png" });
  const seen = await dora.reader.expectSaid(title(ALICE));
  assert.ok(seen.see === "picture" && sha256(seen.bytes) === sha256(ours));
  await alice.expect("event");

  const theirs = picture("\xff\xd8\xff", 50_000);
  await dora.sendPicture(theirs);
  const event = await alice.expect("event");
  assert.ok(event.type === "image");
  assert.deepEqual([event.name, event.media, event.size], ["picture.jpg", "image/jpeg", theirs.length]);
  assert.equal(sha256(await fetchBytes(alice, event.id)), sha256(theirs));

  await dora.sendPicture(Uint8Array.of(7));
  const odd = await alice.expect("event");
  assert.ok(odd.type === "image" && odd.media === "application/octet-stream");
  assert.deepEqual(await fetchBytes(alice, odd.id), Uint8Array.of(7));
});

Deno.test("what the old client cannot show is a line of text there", async () => {
  await using server = await serveQt();
  await using alice = await logIn(server, ALICE);
  await using dora = await QtClient.enter(server, DORA);
  const offers = [
    ["file", "notes.txt", new Uint8Array(2000), "[文件] notes.txt (2.0 KiB)"],
    ["image", "new.webp", picture("RIFF\0\0\0\0WEBP", 2000), "[图片] new.webp (2.0 KiB)"],
    ["image", "large.png", picture(PNG, 17 * 2 ** 20), "[图片] large.png (17.0 MiB)"],
  ] as const;
  for (const [type, name, bytes, line] of offers) {
    await sendBytes(alice, bytes, { type, name });
    assert.deepEqual(await dora.reader.expectSaid(title(ALICE)), { see: "text", account: ALICE.account, text: line });
  }
});

Deno.test("a reader whom the room's memory has left behind gets everything from the store, in order", async () => {
  await using server = await serveQt({ ring: 2 ** 20 });
  await using alice = await logIn(server, ALICE);
  let slow = false;
  const gate = Promise.withResolvers<void>();
  await using dora = await QtClient.enter(server, DORA, { beforeAck: () => slow ? gate.promise : undefined });
  slow = true;
  const before = Deno.memoryUsage().rss;
  const count = 150;
  for (let i = 0; i < count; i++) await post(alice, `${i} ${"x".repeat(30_000)}`);
  {
    await using _bob = await enter(server, BOB);
  }
  assert.ok(Deno.memoryUsage().rss - before < 2 ** 28);
  slow = false;
  gate.resolve();
  for (let i = 0; i < count; i++) {
    const row = await dora.reader.expectSaid(title(ALICE));
    assert.ok(row.see === "text" && row.text.startsWith(`${i} `), `row ${i}`);
  }
  await until(() => dora.reader.online.length === 1, "the list to be right again");
});
