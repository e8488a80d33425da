import assert from "node:assert/strict";
import fc from "fast-check";
import { countExpired, type Kept, postBytes, type Retention } from "../../lib/chat/retention.ts";

const oldest: readonly Kept[] = [10, 11, 12, 13].map((seq) => ({ seq, at: seq * 100, bytes: 5 }));
const size = { head: 13, bytes: 20 };
const expired = (rule: Retention, now = 1300) => countExpired(oldest, size, { ...rule, now });

Deno.test("without a rule everything stays", () => assert.equal(expired({}), 0));

Deno.test("the latest posts stay by number, by age and by bytes, and all rules have to keep one", () => {
  assert.equal(expired({ posts: 3 }), 1);
  assert.equal(expired({ posts: 4 }), 0);
  assert.equal(expired({ age: 100 }), 2);
  assert.equal(expired({ bytes: 19 }), 1);
  assert.equal(expired({ bytes: 20 }), 0);
  assert.equal(expired({ posts: 3, age: 1000, bytes: 11 }), 2);
});

Deno.test("the last post goes by age alone", () => {
  assert.equal(expired({ bytes: 1 }), 3);
  assert.equal(expired({ posts: 1 }), 3);
  assert.equal(expired({ age: 1 }, 5000), 4);
});

Deno.test("a post counts for its text in UTF-8 or its file", () => {
  const posted = { seq: 1, id: "", from: { account: 1001, name: "A" }, at: 1 };
  assert.equal(postBytes({ type: "post", ...posted, text: "字👋" }), 7);
  assert.equal(postBytes({ type: "file", ...posted, name: "f", size: 2 ** 40, sha256: "", media: "" }), 2 ** 40);
});

Deno.test("whatever the rule, what stays keeps it and nothing goes that would have kept it", () => {
  const rules = fc.record({
    posts: fc.integer({ min: 1, max: 20 }),
    age: fc.integer({ min: 1, max: 300 }),
    bytes: fc.integer({ min: 1, max: 300 }),
  }, { requiredKeys: [] });
  const posts = fc.array(fc.tuple(fc.nat(20), fc.nat(50)), { maxLength: 20 });
  fc.assert(fc.property(posts, rules, (list, rule) => {
    let at = 0;
    const kept = list.map(([later, bytes], index) => ({ seq: index + 1, at: at += later, bytes }));
    const total = kept.reduce((sum, post) => sum + post.bytes, 0), now = at + 10;
    const gone = countExpired(kept, { head: kept.length, bytes: total }, { ...rule, now });
    const keeps = (from: number) => {
      const rest = kept.slice(from);
      const bytes = rest.reduce((sum, post) => sum + post.bytes, 0);
      return rest.length <= (rule.posts ?? Infinity) && (bytes <= (rule.bytes ?? Infinity) || rest.length === 1) &&
        rest.every((post) => now - post.at <= (rule.age ?? Infinity));
    };
    assert.ok(gone === kept.length || keeps(gone));
    assert.ok(gone === 0 || !keeps(gone - 1));
  }));
});
