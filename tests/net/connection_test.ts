/** A connection on a real TCP socket, with the peer's end in the test's hand. */
import assert from "node:assert/strict";
import { Connection, type ConnectionOptions, type Incoming, type Socket } from "../../lib/net/connection.ts";
import { encodeFrame, FrameDecoder, Kind } from "../../lib/protocol/frame.ts";
import { until, within } from "../support/within.ts";

interface Pair extends Disposable {
  readonly connection: Connection;
  readonly peer: Deno.TcpConn;
  readonly socket: Deno.TcpConn;
}

async function pair(
  options: Partial<ConnectionOptions> & { wrap?: (socket: Deno.TcpConn) => Socket } = {},
): Promise<Pair> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [peer, socket] = await Promise.all([Deno.connect({ port: listener.addr.port }), listener.accept()]);
  const { wrap = (same) => same, ...rest } = options;
  const connection = new Connection(wrap(socket), { decoder: new FrameDecoder(() => 2 ** 20), ...rest });
  return {
    connection,
    peer,
    socket,
    [Symbol.dispose]: () => {
      connection.close();
      try {
        peer.close();
      } catch {
        // The test has closed it.
      }
    },
  };
}

/** The next `length` bytes that the peer hears, as text; fewer when the stream ends. */
async function read(peer: Deno.TcpConn, length: number): Promise<string> {
  const buffer = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const got = await within(peer.read(buffer.subarray(at)), `${length} bytes; ${at} came`);
    if (got === null) break;
    at += got;
  }
  return new TextDecoder().decode(buffer.subarray(0, at));
}

const bytes = (text: string) => new TextEncoder().encode(text);
const frame = (payload: Uint8Array) => encodeFrame({ id: 16, stream: 0, kind: Kind.text }, payload);

/** A feed that hands out these pieces. */
const feedOf = (...pieces: string[]) => ({
  take: () => {
    const piece = pieces.shift();
    return piece === undefined ? undefined : bytes(piece);
  },
});

Deno.test("replies go before the feed, and the feed takes turns with bulk", async () => {
  using both = await pair();
  const { connection, peer } = both;
  connection.follow(feedOf("f1 ", "f2 ", "f3 "));
  const bulk = ["b1 ", "b2 ", "b3 "].map((piece) => connection.sendBulk(bytes(piece)));
  connection.send(bytes("r1 "));
  connection.send(bytes("r2 "));
  const heard = await read(peer, 24);
  assert.ok(heard.startsWith("r1 r2 "), heard);
  const turns = heard.slice(6).trim().split(" ").map((piece) => piece[0]).join("");
  assert.match(turns, /^(fb){3}$|^(bf){3}$/);
  assert.deepEqual(heard.slice(6).trim().split(" ").toSorted(), ["b1", "b2", "b3", "f1", "f2", "f3"]);
  assert.deepEqual(await Promise.all(bulk), [true, true, true]);
});

Deno.test("a feed that ran dry goes on when it is woken", async () => {
  using both = await pair();
  const pieces: string[] = [];
  both.connection.follow({ take: () => pieces.length > 0 ? bytes(pieces.splice(0).join("")) : undefined });
  for (const piece of ["one", "two", "three"]) {
    pieces.push(piece);
    both.connection.wake();
    assert.equal(await read(both.peer, piece.length), piece);
  }
});

Deno.test("frames are handed over one at a time and in order, however the bytes are cut", async () => {
  using both = await pair();
  const payloads = Array.from({ length: 50 }, (_, i) => `${i}:${"x".repeat(i * 37)}`);
  const handled: string[] = [];
  let busy = false;
  const running = both.connection.run(async (incoming) => {
    assert.ok(!busy, "the handler is awaited");
    busy = true;
    assert.equal(incoming.type, "frame");
    await Promise.resolve();
    if (incoming.type === "frame") handled.push(new TextDecoder().decode(incoming.payload));
    busy = false;
  });
  const all = Uint8Array.from(payloads.flatMap((payload) => [...frame(bytes(payload))]));
  for (let at = 0, size = 1; at < all.length; at += size, size = size * 3 % 7001 + 1) {
    const end = Math.min(all.length, at + size);
    for (let rest = all.subarray(at, end); rest.length > 0;) rest = rest.subarray(await both.peer.write(rest));
  }
  await both.peer.closeWrite();
  await within(running, "the end of the stream");
  assert.deepEqual(handled, payloads);
});

Deno.test("a peer that does not take its answers is listened to no further, whatever one read brought", async () => {
  const replyLimit = 64 * 1024, answer = new Uint8Array(256 * 1024);
  using both = await pair({ replyLimit });
  let handled = 0;
  const running = both.connection.run(() => {
    handled++;
    both.connection.send(answer);
  });
  // All of them fit into one read.
  const questions = 500;
  const all = Uint8Array.from(Array.from({ length: questions }, () => [...frame(new Uint8Array(0))]).flat());
  await both.peer.write(all);
  // The sockets take a few megabytes, which is some dozens of answers, and then it stands still.
  await until(() => both.connection.stuckMs > 100, "the peer's buffers to be full");
  const heard = handled;
  assert.ok(heard < questions / 2, `${heard} questions were heard without an answer taken`);
  await until(() => both.connection.stuckMs > 200, "a second look");
  assert.equal(handled, heard);

  // It reads again, and everything is answered.
  let length = 0;
  for (const buffer = new Uint8Array(2 ** 20); length < questions * answer.length;) {
    length += await within(both.peer.read(buffer), `${questions} answers; ${length} bytes came`) ?? NaN;
  }
  assert.equal(length, questions * answer.length);
  assert.equal(handled, questions);
  await both.peer.closeWrite();
  await within(running, "the end of the stream");
});

Deno.test("a peer that we do not listen to is not silent", async () => {
  using both = await pair();
  const gate = Promise.withResolvers<void>();
  const running = both.connection.run(() => gate.promise);
  await until(() => both.connection.silentMs > 20, "silence");
  await both.peer.write(Uint8Array.from([...frame(bytes("x")), 16, 0]));
  await until(() => both.connection.silentMs === 0, "the frame");
  assert.equal(both.connection.isMidFrame, false, "what lies behind has not been looked at");
  gate.resolve();
  await until(() => both.connection.isMidFrame, "the other frame's beginning");
  await both.peer.closeWrite();
  await running;
});

Deno.test("an orderly end writes what is queued and nothing that comes later", async () => {
  using both = await pair();
  const { connection, peer } = both;
  const big = "x".repeat(3_000_000);
  connection.send(bytes(big));
  const bulk = connection.sendBulk(bytes("bulk"));
  connection.send(bytes("last words"));
  const ended = connection.end(10_000);
  connection.send(bytes("too late"));
  assert.equal(await connection.sendBulk(bytes("too late")), false);
  assert.equal(connection.isOpen, false);
  const heard = await read(peer, big.length + 1000);
  assert.equal(heard.slice(0, big.length), big);
  assert.equal(heard.slice(big.length), "last wordsbulk");
  await within(ended, "the end");
  assert.equal(await bulk, true);
});

Deno.test("an end does not wait for ever for a peer that does not read", async () => {
  using both = await pair();
  both.connection.send(new Uint8Array(50_000_000));
  const bulk = both.connection.sendBulk(bytes("never"));
  await within(both.connection.end(50), "the end");
  assert.equal(await bulk, false);
});

Deno.test("what a socket takes only in part is written on from there", async () => {
  const wrap = (socket: Deno.TcpConn): Socket => ({
    read: (buffer) => socket.read(buffer),
    write: (chunk) => socket.write(chunk.subarray(0, 7)),
    closeWrite: () => socket.closeWrite(),
    close: () => socket.close(),
  });
  using both = await pair({ wrap });
  both.connection.follow(feedOf("feed-feed-feed-feed "));
  const bulk = both.connection.sendBulk(bytes("bulk-bulk-bulk-bulk "));
  both.connection.send(bytes("reply-reply-reply "));
  const heard = await read(both.peer, 58);
  assert.deepEqual(heard.trim().split(" ").toSorted(), [
    "bulk-bulk-bulk-bulk",
    "feed-feed-feed-feed",
    "reply-reply-reply",
  ]);
  assert.equal(await bulk, true);
});

Deno.test("lost framing is handed over once, and nothing behind it", async () => {
  using both = await pair();
  const handled: Incoming["type"][] = [];
  const running = both.connection.run((incoming) => void handled.push(incoming.type));
  await both.peer.write(
    Uint8Array.from([...frame(bytes("x")), ...bytes("GET / HTTP/1.1\r\n\r\n"), ...frame(bytes("y"))]),
  );
  await within(running, "the end of reading");
  assert.deepEqual(handled, ["frame", "lost"]);
});

Deno.test("a reset, or a close in the middle of everything, ends it quietly", async () => {
  using both = await pair();
  const running = both.connection.run(() => {});
  both.connection.send(new Uint8Array(20_000_000));
  const bulk = both.connection.sendBulk(bytes("x"));
  await read(both.peer, 1000);
  both.peer.close();
  await within(both.connection.closed, "the reset to be noticed");
  await within(running, "the end of reading");
  assert.equal(await bulk, false);
  both.connection.send(bytes("into the void"));
  both.connection.close();
});
