/** A socket whose first byte decides whose it is, however the bytes come. */
import assert from "node:assert/strict";
import type { Socket } from "../../lib/net/connection.ts";
import { divert } from "../../lib/net/divert.ts";

/** A socket from which these pieces are read, and then its end. */
function scripted(...pieces: readonly string[]) {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece));
  const did: string[] = [];
  const socket: Socket = {
    read(buffer) {
      const piece = rest.shift();
      if (piece) buffer.set(piece);
      return Promise.resolve(piece?.length ?? null);
    },
    write(bytes) {
      did.push(`write ${bytes.length}`);
      return Promise.resolve(bytes.length);
    },
    closeWrite() {
      did.push("close-write");
      return Promise.resolve();
    },
    close: () => void did.push("close"),
  };
  return { socket, did };
}

async function readAll(socket: Socket, size = 100): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(size);
  for (let length = await socket.read(buffer); length !== null; length = await socket.read(buffer)) {
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text;
}

Deno.test("a socket that nobody takes is as it was", async () => {
  const { socket, did } = scripted("one", "two");
  const kept = divert(socket, [{ takes: (first) => first === 0x74, taken: () => assert.fail("it was taken") }]);
  await kept.write(new Uint8Array(3));
  assert.equal(await readAll(kept), "onetwo");
  kept.close();
  assert.deepEqual(did, ["write 3", "close"]);
});

Deno.test("a socket that is taken has nothing missing, and its first owner sees the end and can do it no harm", async () => {
  const { socket, did } = scripted("two", "three");
  const taken: Socket[] = [];
  const owner = divert(socket, [{ takes: (first) => first === 0x74, taken: (other) => taken.push(other) }]);
  assert.equal(await readAll(owner), "");
  await owner.write(new Uint8Array(5));
  await owner.closeWrite();
  owner.close();
  assert.deepEqual(did, []);
  const [other] = taken;
  assert.ok(other && taken.length === 1);
  assert.equal(await readAll(other, 5), "twothree");
  await other.write(new Uint8Array(1));
  await other.closeWrite();
  other.close();
  assert.deepEqual(did, ["write 1", "close-write", "close"]);
});

Deno.test("the first of several that want a socket gets it", async () => {
  const { socket } = scripted("two");
  const takers: string[] = [];
  const taker = (name: string, wanted: number) => ({
    takes: (first: number) => first === wanted,
    taken: () => void takers.push(name),
  });
  await readAll(divert(socket, [taker("a", 0x61), taker("t", 0x74), taker("late", 0x74)]));
  assert.deepEqual(takers, ["t"]);
});

Deno.test("a socket that ends before its first byte is nobody else's", async () => {
  const { socket, did } = scripted();
  const kept = divert(socket, [{ takes: () => true, taken: () => assert.fail("it was taken") }]);
  assert.equal(await readAll(kept), "");
  kept.close();
  assert.deepEqual(did, ["close"]);
});
