/** The index for searching: filled step by step behind the posts, and never asked for what it does not have yet. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SqliteDatabase } from "../../lib/store/sqlite_database.ts";
import { AT, draft } from "./store_suite.ts";

function withDatabase(use: (database: SqliteDatabase) => void): void {
  const folder = Deno.makeTempDirSync();
  const database = new SqliteDatabase(`${folder}/chat.sqlite`, "normal");
  try {
    use(database);
  } finally {
    database.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

function find(database: SqliteDatabase, text: string): number[] {
  const found: number[] = [];
  for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined;) {
    const result = database.search("lobby", { text, before, limit: 7 });
    found.unshift(...result.posts.map((post) => post.seq));
    before = result.before;
  }
  return found;
}

Deno.test("what is found does not depend on how far the index has come", () => {
  withDatabase((database) => {
    const pieces = fc.constantFrom("ab", "abc", "BC", "好", "你好", "世界", "👋🏽", " ", "é", "%", "_", '"');
    const texts = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
    let said: string[] = [];
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 40 }), texts, fc.boolean(), (more, wanted, extend) => {
        database.append("lobby", more.map((text) => draft(text)), AT);
        said = [...said, ...more];
        if (extend) database.index();
        const expected = said.flatMap((text, index) =>
          text.toLowerCase().includes(wanted.toLowerCase()) ? [index + 1] : []
        );
        assert.deepEqual(find(database, wanted), expected, wanted);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

Deno.test("rooms are indexed one after the other until nothing is left, and do not mix", () => {
  withDatabase((database) => {
    for (const room of ["lobby", "attic", "zoo"]) {
      database.append(room, Array.from({ length: 600 }, (_, n) => draft(`${room} ${n}`)), AT);
    }
    let steps = 0;
    while (database.index()) steps++;
    assert.ok(steps >= 36, `no step takes more than 50 posts: ${steps} steps for 1,800`);
    assert.deepEqual(find(database, "attic"), []);
    assert.deepEqual(find(database, "lobby 599"), [600]);
    assert.equal(database.search("zoo", { text: "zoo 0", before: 601, limit: 5 }).posts[0]?.seq, 1);
  });
});

Deno.test("what is gone from the room is gone from the index, indexed or not", () => {
  withDatabase((database) => {
    database.append("lobby", Array.from({ length: 600 }, (_, n) => draft(`post ${n + 1}`)), AT);
    database.index();
    for (const keep of [500, 100]) {
      while (database.trim("lobby", { posts: keep, now: AT, upTo: 600 }).more);
      assert.equal(find(database, "post").length, keep);
      assert.equal(find(database, "p").length, keep);
    }
    while (database.index());
    assert.deepEqual(find(database, "post 600"), [600]);
    assert.deepEqual(find(database, "post 400"), []);
  });
});
