import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryFolder } from "../support/server.ts";
import { filePost, textPost } from "./people.ts";
import { Cache } from "../../lib/client/cache.ts";

const address = { host: "::1", port: 8888 };

/** A test with a folder for state, in which the cache can be opened again. */
function cacheTest(name: string, fn: (open: () => Cache, folder: string) => void): void {
  Deno.test(name, async () => {
    await using stack = new AsyncDisposableStack();
    const folder = join(temporaryFolder(stack), "chat");
    fn(() => {
      const cache = Cache.open(folder, address);
      assert.ok(cache);
      return cache;
    }, folder);
  });
}

const seqs = (posts: readonly { readonly seq: number }[]) => posts.map(({ seq }) => seq);

cacheTest("it is kept across runs, and only its owner can read it", (open, folder) => {
  {
    using cache = open();
    cache.add([textPost(1, "a"), filePost(2, "b.bin")]);
    cache.keepSession({ account: 1001, name: "Alice", token: "secret" });
    cache.queue(1001, { id: "x", text: "later" });
    cache.keepNote(1001, "read", "2");
    cache.flush();
    const modes = Array.from(
      Deno.readDirSync(folder),
      ({ name }) => (Deno.statSync(join(folder, name)).mode ?? 0) & 0o777,
    );
    assert.deepEqual(new Set(modes), new Set([0o600]));
    assert.equal((Deno.statSync(folder).mode ?? 0) & 0o777, 0o700);
  }
  using cache = open();
  assert.deepEqual(cache.before(undefined, 10), [textPost(1, "a"), filePost(2, "b.bin")]);
  assert.deepEqual(cache.session(undefined), { account: 1001, name: "Alice", token: "secret" });
  assert.equal(cache.session(1002), undefined);
  assert.deepEqual(cache.outbox(1001).map(({ text }) => text), ["later"]);
  assert.deepEqual(cache.outbox(1002), []);
  assert.equal(cache.note(1001, "read"), "2");
  cache.forgetSession(1001);
  cache.unqueue("x");
  assert.equal(cache.session(undefined), undefined);
  assert.deepEqual(cache.outbox(1001), []);
});

cacheTest("a page never has a gap", (open) => {
  using cache = open();
  cache.add([1, 2, 3, 7, 8].map((seq) => textPost(seq, `${seq}`)));
  assert.deepEqual(seqs(cache.before(undefined, 10)), [7, 8]);
  assert.deepEqual(seqs(cache.before(7, 10)), []);
  assert.deepEqual(seqs(cache.before(4, 2)), [2, 3]);
  assert.deepEqual(seqs(cache.after(1, 10)), [2, 3]);
});

cacheTest("any piece of a text is found, in any case, also in Chinese and in names of files", (open) => {
  using cache = open();
  cache.add([textPost(1, "我昨天在海边"), textPost(2, "100% Sure"), filePost(3, "海图.pdf"), textPost(4, "ÉTÉ")]);
  assert.deepEqual(seqs(cache.search("海", { limit: 5 })), [1, 3]);
  assert.deepEqual(seqs(cache.search("0% s", { limit: 5 })), [2]);
  assert.deepEqual(seqs(cache.search("été", { limit: 5 })), [4]);
  assert.deepEqual(seqs(cache.search("海", { limit: 5, before: 3 })), [1]);
});

cacheTest("a file that is no database is begun anew", (open, folder) => {
  open()[Symbol.dispose]();
  for (const { name } of Deno.readDirSync(folder)) Deno.writeTextFileSync(join(folder, name), "rubbish ".repeat(1000));
  using cache = open();
  assert.deepEqual(cache.before(undefined, 1), []);
});

Deno.test("where nothing can be kept there is none", () => {
  assert.equal(Cache.open(undefined, address), undefined);
  assert.equal(Cache.open("/dev/null/chat", address), undefined);
});
