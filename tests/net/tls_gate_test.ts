/** TLS on connections that were accepted in plaintext: both ways, in any size, and no way around it. */
import assert from "node:assert/strict";
import type { Socket } from "../../lib/net/connection.ts";
import { type SecuredTaker, TlsGate } from "../../lib/net/tls_gate.ts";
import { SELF_SIGNED_NAME } from "../../lib/server/tls/certificate.ts";
import { makeSelfSigned } from "../../lib/server/tls/self_signed.ts";
import { until, within } from "../support/within.ts";

const first = await makeSelfSigned();
const second = await makeSelfSigned();

async function readAll(socket: Pick<Socket, "read">): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(50_000);
  for (let length = await socket.read(buffer); length !== null; length = await socket.read(buffer)) {
    pieces.push(buffer.slice(0, length));
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

async function writeAll(socket: Pick<Socket, "write">, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await socket.write(rest));
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** A port in front of a gate; what comes through it is handed to `serve`. */
class Front implements AsyncDisposable {
  readonly gate: TlsGate;
  readonly reasons: string[] = [];
  readonly failures: unknown[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting: Promise<void>;

  constructor(serve: SecuredTaker["secured"], { handshakeMs }: { readonly handshakeMs?: number } = {}) {
    const gate = this.gate = new TlsGate(first, {
      failed: (error) => void this.failures.push(error),
      ...(handshakeMs === undefined ? {} : { handshakeMs }),
    });
    const taker = { secured: serve, refused: (reason: string) => void this.reasons.push(reason) };
    this.#accepting = (async () => {
      for await (const socket of this.#listener) void gate.admit(socket, taker);
    })();
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.#listener.addr.port });
  }

  async connectTls(cert = first.cert): Promise<Deno.TlsConn> {
    return await shakenHands(await this.connect(), cert);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting.catch(() => {});
    await this.gate.close();
    assert.deepEqual(this.failures, []);
  }
}

async function shakenHands(plain: Deno.TcpConn, cert: string): Promise<Deno.TlsConn> {
  const socket = await Deno.startTls(plain, { hostname: SELF_SIGNED_NAME, caCerts: [cert] });
  try {
    await socket.handshake();
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

async function echo(socket: Socket): Promise<void> {
  const buffer = new Uint8Array(10_000);
  try {
    for (let length = await socket.read(buffer); length !== null; length = await socket.read(buffer)) {
      await writeAll(socket, buffer.subarray(0, length));
    }
  } catch {
    // The peer has gone.
  }
  socket.close();
}

Deno.test("20 MB come back as they were sent, by several at once", async () => {
  await using front = new Front(echo);
  await Promise.all([20e6, 1e6, 1, 3].map(async (size) => {
    using socket = await front.connectTls();
    const sent = noise(size);
    const [heard] = await Promise.all([readAll(socket), writeAll(socket, sent).then(() => socket.closeWrite())]);
    assert.equal(heard.length, size);
    assert.ok(heard.every((byte, at) => byte === sent[at]));
  }));
});

Deno.test("what was said last arrives before the end", async () => {
  const words = noise(3_000_000);
  await using front = new Front(async (socket) => {
    await writeAll(socket, words);
    socket.close();
  });
  using socket = await front.connectTls();
  // The peer is still talking then.
  await writeAll(socket, noise(10_000));
  assert.equal((await within(readAll(socket), "the end")).length, words.length);
});

Deno.test("a peer that has said everything still hears the answer", async () => {
  await using front = new Front(async (socket) => {
    const heard = await readAll(socket);
    await writeAll(socket, heard);
    socket.close();
  });
  using socket = await front.connectTls();
  await writeAll(socket, noise(1000));
  await socket.closeWrite();
  assert.equal((await within(readAll(socket), "the answer")).length, 1000);
});

Deno.test("a peer that resets is heard of, and one that does not read can be closed", async () => {
  const served: Socket[] = [];
  await using front = new Front((socket) => void served.push(socket));
  const gone = await front.connectTls();
  gone.close();
  await until(() => served.length === 1, "the first");
  assert.equal(await within(served[0]?.read(new Uint8Array(10)).catch(() => null) ?? assert.fail(), "its end"), null);
  served[0]?.close();
  using deaf = await front.connectTls();
  await until(() => served.length === 2, "the second");
  const writing = writeAll(served[1] ?? assert.fail(), noise(40_000_000)).catch(() => {});
  await writeAll(deaf, noise(1));
  served[1]?.close();
  await within(writing, "the write to end");
});

Deno.test("garbage and a handshake that stops are closed in time, and said", async () => {
  await using front = new Front(echo, { handshakeMs: 300 });
  using garbage = await front.connect();
  await writeAll(garbage, Uint8Array.from([0x16, ...noise(2000)]));
  await within(readAll(garbage).catch(() => null), "garbage to be closed");
  using half = await front.connect();
  await writeAll(half, Uint8Array.of(0x16, 3, 1));
  await within(readAll(half).catch(() => null), "half a handshake to be closed");
  await until(() => front.reasons.length === 2, "both reasons");
  assert.ok(front.reasons.includes("it took too long"), front.reasons.join());
});

Deno.test("who was there before a new certificate stays, who comes gets the new one", async () => {
  await using front = new Front(echo);
  using before = await front.connectTls();
  front.gate.replace(second);
  using after = await front.connectTls(second.cert);
  await assert.rejects(front.connectTls(first.cert), /certificate/);
  for (const socket of [before, after]) {
    await writeAll(socket, Uint8Array.of(7));
    const buffer = new Uint8Array(5);
    assert.deepEqual([await socket.read(buffer), buffer[0]], [1, 7]);
  }
  assert.throws(() => front.gate.replace({ cert: first.cert, key: second.key }), /KeyMismatch/);
  using still = await front.connectTls(second.cert);
  await writeAll(still, Uint8Array.of(7));
});

Deno.test("nobody gets in by the door behind the gate", async () => {
  const served: Socket[] = [];
  const others = new Set(await listeningPorts());
  await using front = new Front((socket) => void served.push(socket));
  using socket = await front.connectTls();
  await until(() => served.length === 1, "the honest one");
  const doors = (await listeningPorts()).filter((port) => port !== socket.remoteAddr.port && !others.has(port));
  let tried = 0;
  for (const port of doors) {
    const stranger = await shakenHands(await Deno.connect({ hostname: "127.0.0.1", port }), first.cert)
      .catch((error: Error) => error);
    // Another test of this process, which has a certificate of its own, may have begun to listen meanwhile.
    if (stranger instanceof Error && /certificate/.test(stranger.message)) continue;
    tried++;
    if (stranger instanceof Error) continue;
    assert.equal(await within(stranger.read(new Uint8Array(10)).catch(() => null), "the door to be shut"), null);
    stranger.close();
  }
  assert.equal(tried, 1);
  assert.equal(served.length, 1);
  served[0]?.close();
});

Deno.test("300 that come at once are all let in", async () => {
  await using front = new Front(echo);
  const sockets = await Promise.all(Array.from({ length: 300 }, () => front.connectTls()));
  for (const socket of sockets) socket.close();
});

/** Ports on which this process listens, by the system's tables. */
async function listeningPorts(): Promise<number[]> {
  const inodes = new Set<string>();
  for await (const { name } of Deno.readDir("/proc/self/fd")) {
    const target = await Deno.readLink(`/proc/self/fd/${name}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  const rows = (await Deno.readTextFile("/proc/net/tcp")).split("\n").slice(1).map((row) => row.trim().split(/\s+/));
  return rows.filter(([, , , state, , , , , , inode = ""]) => state === "0A" && inodes.has(inode))
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
}
