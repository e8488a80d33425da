import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { BlobFolder } from "../../lib/files/blobs.ts";
import { readChunks } from "../../lib/files/read_chunks.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function withFolder(use: (blobs: BlobFolder, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "chat-test-" });
  try {
    await use(await BlobFolder.open(join(folder, "file")), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function contentOf(blobs: BlobFolder, hash: string): Promise<Uint8Array | undefined> {
  using file = await blobs.read(hash);
  if (!file) return undefined;
  const parts: number[] = [];
  for await (const bytes of readChunks(file)) parts.push(...bytes);
  return Uint8Array.from(parts);
}

const partials = (blobs: BlobFolder) =>
  [...Deno.readDirSync(join(blobs.folder, ".partial"))].map((entry) => entry.name);

Deno.test("a file becomes a blob under its hash, for its owner's eyes", () =>
  withFolder(async (blobs) => {
    const content = bytesOf("hello"), hash = sha256(content);
    const partial = await blobs.receive("1001-a", { size: 5 });
    assert.equal(partial.offset, 0);
    await partial.append(content.subarray(0, 2));
    assert.deepEqual(await partial.finish(hash), { status: "incomplete", offset: 2 });
    await partial.append(content.subarray(2));
    assert.deepEqual(await partial.finish(hash), { status: "whole", sha256: hash });
    await partial.discard();
    partial.close();
    assert.deepEqual(await contentOf(blobs, hash), content);
    assert.deepEqual(partials(blobs), []);
    assert.equal(((await Deno.stat(blobs.path(hash))).mode ?? 0) & 0o777, 0o600);
    assert.equal(((await Deno.stat(blobs.folder)).mode ?? 0) & 0o777, 0o700);
  }));

Deno.test("an upload that is broken off anywhere, any number of times, goes on where it stopped", () =>
  withFolder(async (blobs) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 }),
        async (parts) => {
          const content = Uint8Array.from(parts.flatMap((part) => [...part])), key = `1001-${++run}`;
          let sent = 0;
          for (const part of parts) {
            const partial = await blobs.receive(key, { size: content.length });
            assert.equal(partial.offset, sent);
            await partial.append(part);
            sent += part.length;
            partial.close();
          }
          const partial = await blobs.receive(key, { size: content.length });
          assert.equal((await partial.finish(sha256(content))).status, "whole");
          await partial.discard();
          partial.close();
          assert.deepEqual(await contentOf(blobs, sha256(content)), content);
        },
      ),
      { numRuns: 30 },
    );
  }));

Deno.test("bytes that are not what the sender meant are thrown away", () =>
  withFolder(async (blobs) => {
    const partial = await blobs.receive("1001-a", { size: 5 });
    await partial.append(bytesOf("hellO"));
    assert.deepEqual(await partial.finish(sha256(bytesOf("hello"))), { status: "damaged" });
    partial.close();
    assert.deepEqual(partials(blobs), []);
    const again = await blobs.receive("1001-a", { size: 5 });
    assert.equal(again.offset, 0);
    again.close();
  }));

Deno.test("a blob whose post could not be made yet is finished again without being sent again", () =>
  withFolder(async (blobs) => {
    const content = bytesOf("hello"), hash = sha256(content);
    const partial = await blobs.receive("1001-a", { size: 5 });
    await partial.append(content);
    assert.equal((await partial.finish(hash)).status, "whole");
    assert.equal((await partial.finish(hash)).status, "whole", "on the same connection");
    partial.close();
    const later = await blobs.receive("1001-a", { size: 5 });
    assert.equal(later.offset, 5, "on another one");
    assert.equal((await later.finish(hash)).status, "whole");
    await later.discard();
    assert.equal((await later.finish(hash)).status, "whole", "the blob is there, whoever else has finished it");
    later.close();
    assert.deepEqual(await contentOf(blobs, hash), content);
  }));

Deno.test("the same content from two people is one blob", () =>
  withFolder(async (blobs) => {
    const content = bytesOf("hello"), hash = sha256(content);
    for (const key of ["1001-a", "1002-b"]) {
      const partial = await blobs.receive(key, { size: 5 });
      await partial.append(content);
      assert.equal((await partial.finish(hash)).status, "whole");
      await partial.discard();
      partial.close();
    }
    assert.deepEqual([...Deno.readDirSync(blobs.folder)].map((entry) => entry.name).sort(), [".partial", hash].sort());
  }));

for (const size of [3, 8]) {
  Deno.test(`a blob is never changed by an upload of ${size} bytes that goes on under the key which made it`, () =>
    withFolder(async (blobs) => {
      const content = bytesOf("hello"), hash = sha256(content);
      const first = await blobs.receive("1001-a", { size: 5 });
      await first.append(content);
      assert.equal((await first.finish(hash)).status, "whole");
      first.close();

      const second = await blobs.receive("1001-a", { size });
      await second.append(bytesOf("!".repeat(size - second.offset)));
      second.close();
      assert.deepEqual(await contentOf(blobs, hash), content);
    }));
}

Deno.test("an upload that nobody goes on with is removed, and a blob is not", () =>
  withFolder(async (blobs) => {
    const old = await blobs.receive("1001-old", { size: 5 });
    await old.append(bytesOf("he"));
    old.close();
    const whole = await blobs.receive("1001-whole", { size: 5 });
    await whole.append(bytesOf("hello"));
    await whole.finish(sha256(bytesOf("hello")));
    await whole.discard();
    whole.close();
    assert.equal(await blobs.expire(Date.now() - 60_000), 0, "neither is old");
    assert.equal(await blobs.expire(Date.now() + 60_000), 1);
    assert.deepEqual(partials(blobs), []);
    assert.ok(await contentOf(blobs, sha256(bytesOf("hello"))));
  }));

Deno.test("no name leads out of the folder", () =>
  withFolder(async (blobs, folder) => {
    await Deno.writeTextFile(join(folder, "secret"), "secret");
    const names = [
      "",
      "..",
      "../secret",
      "/etc/passwd",
      "a".repeat(63),
      "A".repeat(64),
      `${"a".repeat(64)}/x`,
      "a\0b",
      `${"a".repeat(64)}\n`,
    ];
    for (const name of names) {
      assert.throws(() => blobs.path(name), TypeError, name);
      await assert.rejects(blobs.read(name), TypeError, name);
      if (name !== "a".repeat(63)) await assert.rejects(blobs.receive(name, { size: 1 }), TypeError, name);
    }
    assert.equal(await blobs.read("a".repeat(64)), undefined);
    assert.deepEqual(partials(blobs), []);
  }));
