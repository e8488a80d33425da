/** Writing behind: in order, in as few pieces as it may, and never more than two buffers ahead. */
import assert from "node:assert/strict";
import { WRITE_BEHIND_BYTES, WriteBehind } from "../../lib/files/write_behind.ts";

/** A disk that writes when it is told to. */
function slowDisk() {
  const pieces: string[] = [];
  const waiting: (() => void)[] = [];
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve) =>
      waiting.push(() => {
        pieces.push(new TextDecoder().decode(bytes));
        resolve();
      })
    );
  return {
    pieces,
    write,
    get waiting() {
      return waiting.length;
    },
    turn: async () => {
      waiting.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("what comes while one piece is written goes out in one behind it", async () => {
  const disk = slowDisk();
  const writer = new WriteBehind(disk.write);
  for (const text of ["a", "b", "c", "d"]) await writer.add(bytes(text));
  await disk.turn();
  await writer.add(bytes("e"));
  assert.deepEqual(disk.pieces, ["a"]);
  await disk.turn();
  await disk.turn();
  assert.deepEqual(disk.pieces, ["a", "bcd", "e"]);
  await writer.settled();
  await writer.add(bytes("f"));
  await disk.turn();
  assert.deepEqual(disk.pieces, ["a", "bcd", "e", "f"]);
});

Deno.test("nothing is nothing to write, and what comes behind it is written", async () => {
  const disk = slowDisk();
  const writer = new WriteBehind(disk.write);
  await writer.add(bytes(""));
  assert.ok(writer.isIdle);
  await writer.add(bytes("a"));
  await disk.turn();
  await writer.settled();
  assert.deepEqual([disk.pieces, writer.isIdle], [["a"], true]);
});

Deno.test("the bytes may be used again at once", async () => {
  const disk = slowDisk();
  const writer = new WriteBehind(disk.write);
  const piece = bytes("one");
  await writer.add(piece);
  piece.set(bytes("two"));
  await writer.add(piece);
  piece.fill(0);
  await disk.turn();
  await disk.turn();
  assert.deepEqual(disk.pieces, ["one", "two"]);
});

Deno.test("whoever is two buffers ahead waits until one is written", async () => {
  const disk = slowDisk();
  const writer = new WriteBehind(disk.write);
  const half = new Uint8Array(WRITE_BEHIND_BYTES / 2).fill(0x78);
  for (let piece = 0; piece < 3; piece++) await writer.add(half);
  let added = false;
  const adding = writer.add(half).then(() => added = true);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(added, false);
  await disk.turn();
  await adding;
  await disk.turn();
  await disk.turn();
  await writer.settled();
  assert.deepEqual(disk.pieces.map(({ length }) => length), [half.length, 2 * half.length, half.length]);
  assert.equal(disk.waiting, 0);
});
