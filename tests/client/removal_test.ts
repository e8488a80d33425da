/** What a removal leaves of a post: in what is shown, in what is kept, and in the folder of pictures. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Act } from "../../lib/chat/act.ts";
import type { ActPost, FilePost } from "../../lib/chat/types.ts";
import { Cache } from "../../lib/client/cache.ts";
import { forgetPicture } from "../../lib/client/pictures.ts";
import { removedBy, removedIn, withRemoved } from "../../lib/client/removal.ts";
import { emptyTimeline, replace, say, withdraw } from "../../lib/client/timeline.ts";
import { temporaryFolder } from "../support/server.ts";
import { alice, filePost, textPost } from "./people.ts";

const act = (seq: number, act: Act): ActPost => ({ type: "act", seq, id: `act ${seq}`, from: alice, at: 9, act });
const removal = (post: number, reason?: string): ActPost =>
  act(9, { type: "delete", post, target: alice, ...(reason === undefined ? {} : { reason }) });

Deno.test("who, when and the number are left, with by whom and why", () => {
  const { seq, id, from, at } = textPost(3, "secret");
  const left = { type: "removed", seq, id, from, at, by: alice } as const;
  assert.deepEqual(removedBy(textPost(3, "secret"), removal(3)), left);
  assert.deepEqual(removedBy(textPost(3, "secret"), removal(3, "rude")), { ...left, reason: "rude" });
  assert.equal(removedBy(textPost(4, "other"), removal(3)), undefined);
  assert.equal(removedBy(left, removal(3)), undefined, "what is removed stays as it was");
  assert.equal(removedBy(textPost(3, "secret"), act(9, { type: "slow", seconds: 3 })), undefined);
  assert.deepEqual([removedIn(left), removedIn(removal(7)), removedIn(textPost(3, "x"))], [3, 7, undefined]);
});

Deno.test("among several posts the one that was removed is replaced, and nothing else is touched", () => {
  const posts = [textPost(1, "a"), textPost(2, "b"), textPost(3, "c")];
  assert.deepEqual(withRemoved(posts, removal(2)).map(({ type }) => type), ["post", "removed", "post"]);
  assert.equal(withRemoved(posts, removal(8)), posts);
});

Deno.test("what the client repeated of a removed post goes with it", () => {
  const shown = say(replace(emptyTimeline, [textPost(1, "a"), textPost(2, "secret")]), [
    { type: "note", of: 1, text: "1 a" },
    { type: "note", of: 2, text: "2 secret" },
    { type: "note", text: "of none" },
  ]);
  const { entries } = withdraw(shown, removal(2));
  assert.deepEqual(entries.map((entry) => entry.type === "note" ? entry.text : entry.type), [
    "post",
    "post",
    "1 a",
    "of none",
  ]);
  assert.ok(!JSON.stringify(entries).includes("secret"));
  assert.equal(entries[1]?.n, shown.entries[1]?.n, "an anchor on it holds");
});

/** A cache, and the files of which it says that they were withdrawn. */
async function withCache(use: (cache: Cache, withdrawn: () => string[], folder: string) => void): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = join(temporaryFolder(stack), "chat");
  const cache = Cache.open(folder, { host: "::1", port: 8888 });
  assert.ok(cache);
  const files: FilePost[] = [];
  cache.withdrawn = (file) => void files.push(file);
  use(cache, () => files.map(({ name }) => name), folder);
}

Deno.test("the cache forgets a removed post at once, on the disk as well, and says so of a file", async () => {
  await withCache((cache, withdrawn, folder) => {
    cache.add([textPost(1, "needle in here"), filePost(2, "cat.png"), textPost(3, "stays")]);
    cache.flush();
    cache.add([removal(1), { ...removal(2), seq: 10 }]);
    assert.deepEqual(cache.before(4, 9).map(({ type }) => type), ["removed", "removed", "post"]);
    assert.deepEqual(cache.search("needle", { limit: 9 }), []);
    assert.deepEqual(withdrawn(), ["cat.png"]);
    cache.add([{ ...removal(2), seq: 11 }]);
    assert.deepEqual(withdrawn(), ["cat.png"], "once");
    cache[Symbol.dispose]();
    for (const { name } of Deno.readDirSync(folder)) {
      assert.ok(!new TextDecoder("latin1").decode(Deno.readFileSync(join(folder, name))).includes("needle"), name);
    }
    const again = Cache.open(folder, { host: "::1", port: 8888 });
    assert.deepEqual(again?.before(4, 9).map(({ type }) => type), ["removed", "removed", "post"]);
    again?.[Symbol.dispose]();
  });
});

Deno.test("a removal that is seen only in the history, or comes with its post, is heard as well", async () => {
  await withCache((opened, withdrawn) => {
    using cache = opened;
    const [one, two] = [filePost(1, "one.png"), filePost(2, "two.png")];
    cache.add([one]);
    cache.add([{ type: "removed", seq: 1, id: one.id, from: one.from, at: one.at, by: alice }]);
    cache.add([two, { ...removal(2), seq: 3 }]);
    assert.deepEqual(withdrawn(), ["one.png", "two.png"]);
    assert.deepEqual(cache.before(3, 9).map(({ type }) => type), ["removed", "removed"]);
  });
});

Deno.test("a picture goes from its folder, whether it is there or not", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack), post = filePost(1, "cat.png");
  const path = join(folder, `${post.sha256.slice(0, 8)}-cat.png`);
  await Deno.writeTextFile(path, "x");
  await Deno.writeTextFile(join(folder, "other.png"), "x");
  await forgetPicture(folder, post);
  await forgetPicture(folder, post);
  assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["other.png"]);
});
