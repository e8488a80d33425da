/** Files and pictures: byte for byte, from where they stopped, and never in the way of what people say. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { CHUNK_BYTES, WINDOW_BYTES } from "../../lib/protocol/limits.ts";
import { ALICE, BOB, enter, logIn, post, serve, spawnServer, temporaryFolder } from "../support/server.ts";
import { fetchBytes, fetchFile, sendBytes, sendFile } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const PNG = Uint8Array.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (character) => character.charCodeAt(0));

Deno.test("files of any size arrive byte for byte, and are announced to everybody", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await enter(server, BOB);
  for (const size of [1, 131_071, 131_072, 131_073, 20_000_000]) {
    const content = randomBytes(size), name = `文件 ${size}.bin`;
    const stored = await sendBytes(alice, content, { name });
    const event = await bob.expect("event");
    assert.ok(event.type === "file");
    assert.deepEqual(
      [event.seq, event.id, event.name, event.size, event.sha256, event.media, event.from.account],
      [stored.seq, stored.id, name, size, sha256(content), "application/octet-stream", ALICE.account],
    );
    assert.equal(sha256(await fetchBytes(bob, stored.id)), sha256(content));
  }
});

Deno.test("a picture is told by its bytes and kept in image/ under its hash", async () => {
  await using server = await serve();
  await using alice = await enter(server, ALICE);
  const content = Uint8Array.from([...PNG, ...randomBytes(1000)]);
  await sendBytes(alice, content, { type: "image", name: "holiday.jpg" });
  const event = await alice.expect("event");
  assert.ok(event.type === "image" && event.media === "image/png" && event.name === "holiday.jpg");
  assert.deepEqual(await Deno.readFile(`${server.dataDir}/image/${sha256(content)}`), content);
  assert.deepEqual(await fetchBytes(alice, event.id), content);

  const text = new TextEncoder().encode("no picture");
  const { id } = await sendBytes(alice, text, { type: "file", name: "trust me.png" });
  assert.deepEqual(await fetchBytes(alice, id), text);
});

Deno.test("a transfer that breaks off goes on from the acknowledged offset on another connection", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const content = randomBytes(1_000_000), id = crypto.randomUUID();
  const offer = { op: "upload", stream: 3, room: "lobby", id, type: "file", name: "x", size: content.length } as const;
  let acknowledged = 0;
  {
    await using server = await spawnServer(dataDir);
    await using alice = await logIn(server, ALICE);
    await alice.get("accepted", offer);
    await alice.chunk(3, content.subarray(0, 100_000));
    await alice.expect("ack");
    alice.hangUp();
    await using again = await logIn(server, ALICE);
    assert.equal((await again.get("accepted", offer)).offset, 100_000);
    await again.chunk(3, content.subarray(100_000, 300_000));
    acknowledged = (await again.expect("ack")).offset;
    await server.stop("SIGKILL");
  }
  await using server = await spawnServer(dataDir);
  await using alice = await logIn(server, ALICE);
  let first: number | undefined;
  const read = (start: number, end: number) => content.subarray(start, (first ??= start, end));
  const { sha256: stored } = await sendFile(alice, { size: content.length, read }, { id });
  assert.equal(acknowledged, 300_000);
  assert.equal(stored, sha256(content));
  assert.deepEqual(await fetchBytes(alice, id, { offset: 999_000 }), new Uint8Array(content.subarray(999_000)));
  assert.equal(sha256(await fetchBytes(alice, id)), sha256(content));
});

Deno.test("somebody else's id is another upload", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await logIn(server, BOB);
  const offer = {
    op: "upload",
    stream: 1,
    room: "lobby",
    id: crypto.randomUUID(),
    type: "file",
    name: "x",
    size: 9,
  } as const;
  await alice.get("accepted", offer);
  await alice.chunk(1, new Uint8Array(5));
  await alice.expect("ack");
  assert.equal((await bob.get("accepted", offer)).offset, 0);
});

Deno.test("chat lines do not wait for files on the same connection", async () => {
  await using server = await serve();
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  // More than may be under way without an ACK, so that none of these files can be done before the line is.
  const content = randomBytes(WINDOW_BYTES + 1000), size = content.length;
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  for (const [index, id] of ids.entries()) {
    const offer = { op: "upload", stream: index + 1, room: "lobby", id, type: "file", name: "f", size } as const;
    await alice.get("accepted", offer);
    for (let at = 0; at < WINDOW_BYTES; at += CHUNK_BYTES) {
      await alice.chunk(index + 1, content.subarray(at, at + CHUNK_BYTES));
    }
  }
  const seq = await post(alice, "in between");
  assert.equal((await bob.expect("event")).seq, seq);
  for (const stream of [1, 2]) {
    await alice.chunk(stream, content.subarray(WINDOW_BYTES));
    await alice.get("stored", { op: "finish", stream, sha256: sha256(content) });
  }

  await bob.take("event", 2);
  const id = ids[0] ?? "", hash = createHash("sha256");
  await bob.get("accepted", { op: "download", stream: 1, id });
  let offset = 0;
  const take = async () => {
    const { payload } = await bob.expect("chunk");
    hash.update(payload);
    offset += payload.length;
  };
  while (offset < WINDOW_BYTES) await take();
  const next = await post(bob, "while fetching");
  assert.equal((await bob.expect("event")).seq, next);
  await bob.say({ op: "ack", stream: 1, offset });
  while (offset < size) await take();
  assert.equal(hash.digest("hex"), sha256(content));
});

Deno.test("the same content sent twice, and a file finished twice, are kept once", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await logIn(server, BOB);
  const content = randomBytes(10_000), id = crypto.randomUUID();
  const first = await sendBytes(alice, content, { id });
  const other = await sendBytes(bob, content);
  assert.notEqual(first.seq, other.seq);
  assert.equal((await sendBytes(alice, content, { id })).seq, first.seq, "the same upload is the same post");
  const kept = [...Deno.readDirSync(`${server.dataDir}/file`)].filter((entry) => entry.isFile);
  assert.deepEqual(kept.map((entry) => entry.name), [sha256(content)]);
  assert.deepEqual([...Deno.readDirSync(`${server.dataDir}/file/.partial`)], []);
});

Deno.test("the later of two connections that send the same file goes on with it", async () => {
  await using server = await serve();
  await using lost = await logIn(server, ALICE);
  await using back = await logIn(server, ALICE);
  const content = randomBytes(500_000), id = crypto.randomUUID();
  await lost.get("accepted", {
    op: "upload",
    stream: 1,
    room: "lobby",
    id,
    type: "file",
    name: "x",
    size: content.length,
  });
  await lost.chunk(1, content.subarray(0, 200_000));
  await lost.expect("ack");
  const { sha256: stored } = await sendBytes(back, content, { id });
  assert.equal(stored, sha256(content));
  const told = await lost.expect("error");
  assert.deepEqual([told.code, told.stream], ["transfer-superseded", 1]);
  await lost.chunk(1, content.subarray(200_000, 210_000));
  await lost.get("pong", { op: "ping" });
  assert.equal(sha256(await fetchBytes(lost, id)), sha256(content));
});

Deno.test("many connections that fight over one upload leave one whole file", async () => {
  await using server = await serve();
  const content = randomBytes(300_000), id = crypto.randomUUID();
  const offer = { op: "upload", stream: 1, room: "lobby", id, type: "file", name: "x" } as const;
  const peers = await Promise.all(Array.from({ length: 6 }, () => logIn(server, ALICE)));
  await using stack = new AsyncDisposableStack();
  for (const peer of peers) stack.use(peer);
  for (let round = 0; round < 10; round++) {
    await Promise.all(peers.map(async (peer, i) => {
      const size = i % 2 === 0 ? content.length : 1000;
      const answer = await peer.ask({ ...offer, size });
      if (answer.op !== "accepted") return;
      await peer.chunk(1, content.subarray(answer.offset, Math.min(size, answer.offset + 70_000)));
      await peer.say({ op: "cancel", stream: 1 });
    }));
  }
  for (const peer of peers) await peer.get("pong", { op: "ping" });
  const [last] = peers;
  assert.ok(last);
  await until(async () => {
    await last.say({ op: "cancel", stream: 1 });
    return (await last.ask({ ...offer, size: content.length })).op === "accepted";
  }, "the stream to be free");
  await last.say({ op: "cancel", stream: 1 });
  await using fresh = await logIn(server, ALICE);
  // Pieces of the wrong size may be in there: then it is damaged, thrown away, and comes whole the second time.
  const stored = await sendBytes(fresh, content, { id }).catch(() => sendBytes(fresh, content, { id }));
  assert.equal(stored.sha256, sha256(content));
  assert.equal(sha256(await fetchBytes(fresh, id)), sha256(content));
});

Deno.test("memory does not grow with the size of a file", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await spawnServer(temporaryFolder(stack));
  await using alice = await logIn(server, ALICE);
  const block = randomBytes(2 ** 20), size = 300 * 2 ** 20;
  const read = (start: number, end: number) => block.subarray(start % 2 ** 20, (end - 1) % 2 ** 20 + 1);
  await fetchBytes(alice, (await sendBytes(alice, block)).id);

  const memory = () => {
    const status = Deno.readTextFileSync(`/proc/${server.pid}/status`);
    const of = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
    return { now: of("VmRSS"), most: of("VmHWM") };
  };
  const before = memory().now;
  const { id, sha256: stored } = await sendFile(alice, { size, read });
  const hash = createHash("sha256");
  let fetched = 0;
  await fetchFile(alice, id, { piece: (bytes) => (hash.update(bytes), fetched += bytes.length) });
  assert.equal(fetched, size);
  assert.equal(hash.digest("hex"), stored);
  const grown = memory().most - before;
  assert.ok(grown < 64, `it grew by ${Math.round(grown)} MiB`);
});

Deno.test("a file whose acknowledgement was lost is not sent again", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await logIn(server, BOB);
  const id = crypto.randomUUID();
  const stored = await sendBytes(alice, randomBytes(5000), { id });
  const offer = { op: "upload", stream: 2, room: "lobby", id, type: "file", name: "again", size: 5000 } as const;
  const again = await alice.get("stored", offer);
  assert.deepEqual([again.seq, again.at, again.sha256], [stored.seq, stored.at, stored.sha256]);
  const refused = await bob.ask(offer);
  assert.ok(refused.op === "error");
  assert.deepEqual([refused.code, refused.stream], ["id-conflict", 2]);
});

Deno.test("one stream serves one transfer, whichever way it goes", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  const { id } = await sendBytes(alice, randomBytes(10));
  const offer = {
    op: "upload",
    stream: 7,
    room: "lobby",
    id: crypto.randomUUID(),
    type: "file",
    name: "x",
    size: 9,
  } as const;
  await alice.get("accepted", offer);
  const refused = await alice.ask({ op: "download", stream: 7, id });
  assert.ok(refused.op === "error");
  assert.equal(refused.code, "stream-in-use");
});
