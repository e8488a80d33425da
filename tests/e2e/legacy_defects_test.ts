/** Faults of the original server that this one must not have, each shown in the shortest way: reading, pausing, leaving. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { DORA, EMIL, FAY, frame, QtClient, title } from "../support/qt_client.ts";
import { QtReader } from "../support/qt_reader.ts";
import { serveQt } from "../support/qt_server.ts";
import type { TestServer } from "../support/server.ts";
import { until } from "../support/within.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
/** What a peer does to the clock, not a test that waits. */
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** That the room goes on: somebody says something and somebody else sees it. */
async function talk(from: QtClient, to: QtClient): Promise<void> {
  const text = crypto.randomUUID();
  await from.sendText(text);
  await to.reader.expectText(text);
}

/** A read connection that has said READ and reads nothing. */
async function stuckReader(server: TestServer, account: number): Promise<Deno.TcpConn> {
  const { hostname, port } = server.address;
  const socket = await Deno.connect({ hostname, port });
  await socket.write(frame(3, account, 1));
  return socket;
}

Deno.test("defect: a stuck reader stops everyone", async () => {
  await using server = await serveQt({ patience: { sweep: 20 }, legacy: { acknowledge: 1000 } });
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  using _stranger = await stuckReader(server, FAY.account);
  await talk(dora, emil);

  await using fay = await QtClient.open(server, FAY);
  await fay.login();
  using _stuck = await stuckReader(server, FAY.account);
  await dora.reader.expect("notice", (sight) => sight.text === `${title(FAY)}走进了聊天室!`);
  for (let i = 0; i < 5; i++) await talk(dora, emil);
  await dora.reader.expect("notice", (sight) => sight.text === `${title(FAY)}离开了聊天室!`);
  await fay.closed();
  assert.ok(server.log.some(({ event, fields }) => event === "stuck" && fields.account === FAY.account));
});

Deno.test("defect: a late ACK (> 1 s) desynchronises", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  let late = 2;
  await using emil = await QtClient.enter(server, EMIL, { beforeAck: () => late-- > 0 ? pause(1500) : undefined });
  for (let i = 0; i < 3; i++) await talk(dora, emil);
});

Deno.test("defect: a slow reader (0.35 s per ACK) slows all", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  let slow = false;
  const gate = Promise.withResolvers<void>();
  await using fay = await QtClient.enter(server, FAY, { beforeAck: () => slow ? gate.promise : undefined });
  slow = true;
  for (const text of ["one", "two", "three"]) {
    await dora.sendText(text);
    await emil.reader.expectText(text);
  }
  assert.ok(!fay.reader.sights.some((sight) => sight.see === "text" && sight.text === "one"));
  gate.resolve();
  for (const text of ["one", "two", "three"]) await fay.reader.expectText(text);
});

Deno.test("defect: abrupt disconnect", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  for (const drop of ["write", "read", "both"] as const) {
    await using emil = await QtClient.enter(server, EMIL);
    await dora.reader.expect("list", ({ members }) => members.length === 2);
    if (drop !== "read") emil.hangUp();
    if (drop !== "write") emil.reader.close();
    await dora.reader.expect("notice", (sight) => sight.text === `${title(EMIL)}离开了聊天室!`);
    await dora.reader.expect("list", ({ members }) => members.length === 1);
  }
  await using back = await QtClient.open(server, EMIL);
  assert.equal((await back.login()).status, 0, "the account is not online any more");
  assert.ok(!dora.reader.sights.some((sight) => sight.see === "text"), "nothing was replayed");
});

Deno.test("defect: oversized length with a drip of bytes", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  await using greedy = await QtClient.open(server, FAY);
  const memory = Deno.memoryUsage().rss;
  await greedy.write(frame(1, FAY.account, 1, new Uint8Array(100), 300_000_000));
  assert.deepEqual(await greedy.reply(2), { status: 1 });
  for (let i = 0; i < 20; i++) {
    await greedy.write(new Uint8Array(1_000_000));
    await talk(dora, emil);
  }
  await dora.write(frame(2, DORA.account, 1, new Uint8Array(10), 4_000_000_000));
  assert.match((await dora.reader.expect("notice", (sight) => /过长/.test(sight.text))).text, /64/);
  const grown = Deno.memoryUsage().rss - memory;
  assert.ok(grown < 2 ** 27, `memory grew by ${grown}`);
});

Deno.test("defect: half a frame, then silence", async () => {
  await using server = await serveQt({ patience: { sweep: 20, frame: 500 } });
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  await using fay = await QtClient.enter(server, FAY);
  await fay.write(frame(2, FAY.account, 1, new TextEncoder().encode("half"), 100));
  await using visitor = await QtClient.open(server, FAY);
  await visitor.write(Uint8Array.of(1, 0));
  for (let i = 0; i < 5; i++) await talk(dora, emil);
  await dora.reader.expect("notice", (sight) => sight.text === `${title(FAY)}离开了聊天室!`);
  await Promise.all([fay.closed(), visitor.closed()]);
  await talk(dora, emil);
});

Deno.test("defect: text that pauses > 1 s", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  const bytes = frame(2, DORA.account, 1, new TextEncoder().encode("before and after"));
  await dora.write(bytes.subarray(0, 14));
  await talk(emil, emil);
  await pause(1200);
  await dora.write(bytes.subarray(14));
  assert.deepEqual(await emil.reader.expectSaid(title(DORA)), {
    see: "text",
    account: DORA.account,
    text: "before and after",
  });
});

Deno.test("defect: image that pauses > 1 s", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  const picture = randomBytes(50_000);
  const bytes = frame(2, DORA.account, 2, picture);
  await dora.write(bytes.subarray(0, 20_000));
  await talk(emil, emil);
  await pause(1200);
  await dora.write(bytes.subarray(20_000));
  assert.equal(sha256((await emil.reader.expect("picture")).bytes), sha256(picture));
  await talk(dora, emil);
});

Deno.test("defect: image size a multiple of 8,192", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  for (const size of [8192, 16_384]) {
    const picture = randomBytes(size);
    await dora.sendPicture(picture);
    assert.equal(sha256((await emil.reader.expect("picture")).bytes), sha256(picture));
    await talk(emil, dora);
  }
});

Deno.test("defect: no ./image folder", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  const folder = join(server.dataDir, "image");
  await Deno.remove(folder, { recursive: true });
  const picture = randomBytes(10_000);
  await dora.sendPicture(picture);
  assert.equal(sha256((await emil.reader.expect("picture")).bytes), sha256(picture));
  // Nor where there cannot be one.
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "in the way");
  await dora.sendPicture(picture);
  await dora.reader.expect("notice", (sight) => /未能保存图片/.test(sight.text));
  await talk(dora, emil);
});

Deno.test("defect: LOGOUT and CLOSE sleep the server", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  for (const id of [9, 6, 9, 6, 9, 9, 9]) {
    await using visitor = await QtClient.open(server, FAY);
    await visitor.write(frame(id, 0, 1));
    await talk(dora, emil);
    await visitor.closed();
  }
  assert.ok(!dora.reader.sights.some((sight) => sight.see === "notice" && /离开/.test(sight.text)));
});

Deno.test("defect: LOGOUT before READ", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.open(server, DORA);
  assert.equal((await dora.login()).status, 0);
  await dora.logout();
  await dora.closed();
  await using reader = await QtReader.open(server.address, DORA.account);
  await reader.closed();
  await using again = await QtClient.enter(server, DORA);
  await talk(again, again);
});

Deno.test("defect: empty text", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  await dora.sendText("");
  await dora.sendPicture(new Uint8Array(0));
  await talk(dora, emil);
  await until(() => emil.reader.sights.length > 0, "the row that says who");
  assert.equal(emil.reader.sights.filter((sight) => sight.see === "text").length, 1, "one row that says who");
});
