/** What every store does with what was said long ago: finding it, and letting go of it. */
import assert from "node:assert/strict";
import type { Draft } from "../../lib/chat/types.ts";
import type { SearchResult, Store } from "../../lib/store/store.ts";
import { AT, BOB, count, draft, seqs, type Step, stored } from "./store_suite.ts";

export async function pastSuite(step: Step): Promise<void> {
  await step("what was said is found by any piece of it, the latest first, in one room", async (store) => {
    const texts = ["Good morning", "早上好，开会吗", "100% of a_b\\c", "GOOD evening, ÉCOLE", "好", 'a"quoted"b'];
    await store.append("lobby", texts.map((text) => draft(text)), AT);
    const info = { size: 1, sha256: "0f".repeat(32), media: "text/plain" };
    await store.append(
      "lobby",
      [{ id: crypto.randomUUID(), from: BOB, type: "file", name: "开会 Notes.txt", ...info }],
      AT,
    );
    await store.append("cellar", [draft("good night")], AT);
    const expected: readonly (readonly [string, readonly number[]])[] = [
      ["good", [1, 4]],
      ["OOD MOR", [1]],
      ["好", [2, 5]],
      ["开会", [2, 7]],
      ["开会吗", [2]],
      ["notes.TXT", [7]],
      ["0%", [3]],
      ["a_b", [3]],
      ["b\\c", [3]],
      ["aXb", []],
      ["école", [4]],
      ["'", []],
      ['"quoted"', [6]],
      ["g", [1, 4]],
      ["nothing like it", []],
    ];
    for (const [text, seqs] of expected) assert.deepEqual(await allFound(store, { text }), seqs, text);
    assert.deepEqual(await allFound(store, { text: "good", before: 4 }), [1]);
    const { posts, before } = await store.search("lobby", { text: "好", before: 100, limit: 1 });
    assert.deepEqual([seqs(posts), before], [[5], 5]);
    await store.trim("lobby", { posts: 3, now: AT, upTo: 7 });
    assert.deepEqual(await allFound(store, { text: "好" }), [5]);
    assert.deepEqual(await allFound(store, { text: "good" }), []);
    assert.deepEqual(await store.search("nowhere", { text: "x", before: 9, limit: 9 }), { posts: [] });
  });

  await step("much is looked through in parts, and every find comes once", async (store) => {
    const total = 3000, rare = [1, 2, 250, 251, 1999, 3000];
    const drafts = count(total).map((n) => draft(rare.includes(n) ? `needle ${n} 针` : `hay ${n} 草 eedlen`));
    await store.append("lobby", drafts, AT);
    for (const text of ["needle", "针", "e"]) {
      const expected = text === "e" ? count(total) : rare;
      assert.deepEqual(await allFound(store, { text, limit: text === "e" ? 100 : 2 }), expected, text);
    }
  });

  await step("the oldest posts go, and their ids and bytes with them", async (store) => {
    const drafts = count(10).map((n) => draft(`字 ${n}`));
    const keep = { now: AT, upTo: 10 };
    assert.equal(await store.first("lobby"), 1);
    await store.append("lobby", drafts, AT);
    await store.append("cellar", [draft("stays")], AT);
    assert.deepEqual(await store.trim("lobby", keep), { removed: 0, files: 0, first: 1, more: false });
    assert.deepEqual(await store.trim("lobby", { ...keep, posts: 7 }), { removed: 3, files: 0, first: 4, more: false });
    assert.deepEqual(seqs(await store.posts("lobby", { after: 0, limit: 100 })), count(7, 4));
    assert.deepEqual([await store.first("lobby"), await store.head("lobby")], [4, 10]);
    const [gone, kept] = [drafts[2], drafts[3]];
    assert.ok(gone && kept);
    assert.equal(await store.post(gone.id), undefined);
    const [again, known] = await store.append("lobby", [gone, kept], AT);
    assert.deepEqual([stored(again).seq, known?.status], [11, "duplicate"]);
    assert.equal((await store.append("lobby", [gone], AT))[0]?.status, "duplicate");
    // Seven of 5 bytes and one of 6 are left, and the eleventh has 5.
    assert.equal((await store.trim("lobby", { ...keep, upTo: 11, bytes: 16 })).first, 9);
    assert.deepEqual(seqs(await store.posts("cellar", { after: 0, limit: 100 })), [1]);
  });

  await step("a rule by age may leave nothing, and numbers go on all the same", async (store) => {
    await store.append("lobby", [draft("old"), draft("old, too")], AT);
    await store.append("lobby", [draft("new")], AT + 1000);
    const rule = { age: 500, upTo: 3 };
    assert.equal((await store.trim("lobby", { ...rule, now: AT + 600 })).first, 3);
    assert.equal((await store.trim("lobby", { ...rule, now: AT + 9000, upTo: 2 })).first, 4);
    assert.deepEqual(await store.trim("lobby", { ...rule, now: AT + 9000 }), {
      removed: 1,
      files: 0,
      first: 4,
      more: false,
    });
    assert.equal(await store.first("lobby"), 4);
    assert.deepEqual(await store.posts("lobby", { limit: 10 }), []);
    assert.equal(stored((await store.append("lobby", [draft("next")], AT))[0]).seq, 4);
    assert.equal((await store.trim("nowhere", { ...rule, now: AT })).first, 1);
  });

  await step("much is removed in steps, with files counted and known by their use", async (store) => {
    const file = (digit: string): Draft => ({
      id: crypto.randomUUID(),
      from: BOB,
      type: "file",
      name: "f",
      size: 1000,
      sha256: digit.repeat(64),
      media: "text/plain",
    });
    await store.append("lobby", [file("a"), file("b"), ...count(1198).map((n) => draft(`${n}`)), file("b")], AT);
    assert.deepEqual((await store.usedFiles(["a", "b", "c"].map((d) => d.repeat(64)))).toSorted(), [
      "a".repeat(64),
      "b".repeat(64),
    ]);
    const rule = { posts: 1, now: AT, upTo: 1201 };
    const results = [];
    do results.push(await store.trim("lobby", rule)); while (results.at(-1)?.more);
    assert.deepEqual(results.map(({ removed, files }) => [removed, files]), [[500, 2], [500, 0], [200, 0]]);
    assert.deepEqual(await store.usedFiles(["a", "b", "c"].map((d) => d.repeat(64))), ["b".repeat(64)]);
    assert.deepEqual(await store.usedFiles([]), []);
    assert.equal((await store.trim("lobby", { bytes: 1, now: AT, upTo: 1201 })).first, 1201, "the last one stays");
  });
}

/** The numbers of all that a search finds, asked for as long as there is more. */
async function allFound(
  store: Store,
  { text, before = Infinity, limit = 100 }: {
    readonly text: string;
    readonly before?: number;
    readonly limit?: number;
  },
): Promise<number[]> {
  let found: number[] = [];
  for (let next: number | undefined = Math.min(before, Number.MAX_SAFE_INTEGER); next !== undefined;) {
    const result: SearchResult = await store.search("lobby", { text, before: next, limit });
    assert.ok(result.posts.length <= limit && (result.before ?? 0) < next);
    found = [...seqs(result.posts), ...found];
    next = result.before;
  }
  return found;
}
