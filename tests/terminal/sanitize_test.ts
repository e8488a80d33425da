import assert from "node:assert/strict";
import fc from "fast-check";
import { sanitize } from "../../lib/terminal/sanitize.ts";
import { displayWidth } from "../../lib/terminal/text.ts";
import { Vt } from "./vt.ts";

Deno.test("what people write passes unchanged", () => {
  const texts = [
    "hello, world!",
    "你好，世界。「かな」ｶﾅ 한국어",
    "e\u0301 ñ Việt Nam ไทยกำลังดี हिन्दी क्ष ज़िंदगी",
    "می‌خواهم שָׁלוֹם مرحبا",
    "👍🏽 👨‍👩‍👧‍👦 🇨🇳 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👩🏽‍❤️‍💋‍👨🏿",
    "葛󠄀飾区 “quotes” — … ½ € ⌘",
  ];
  for (const text of texts) assert.equal(sanitize(text), text);
});

Deno.test("controls become visible", () => {
  assert.equal(sanitize("\x1b[2J\x07\x00\x7f\x9b31m"), "␛[2J␇␀␡\ufffd31m");
  assert.equal(sanitize("a\tb"), "a    b");
  assert.equal(sanitize("a\nb\r\nc"), "a␊b␊c");
  assert.equal(sanitize("a\nb\r\nc\rd\u2028e\u2029f\u000bg", { newlines: true }), "a\nb\nc\nd\ne\nf␋g");
});

Deno.test("nothing turns the direction of text", () => {
  assert.equal(sanitize("photo\u202egpj.exe"), "photo\ufffdgpj.exe");
  for (const mark of "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069") {
    assert.equal(sanitize(`a${mark}b`), "a\ufffdb");
  }
});

Deno.test("what cannot be read or seen does not stay", () => {
  assert.equal(sanitize("a\ud800b"), "a\ufffdb");
  assert.equal(sanitize("a\ue000b\u{f0000}c\uffffd\u{e0fff}e"), "a\ufffdb\ufffdc\ufffdde");
  assert.equal(sanitize("a\u200bb\u2060c\ufeffd\u00ade\u3164f\u{e0041}g"), "abcdefg");
});

Deno.test("marks do not pile up, joiners do not either", () => {
  assert.equal(sanitize(`Z${"\u0301".repeat(50)}algo`), `Z${"\u0301".repeat(4)}algo`);
  assert.equal(sanitize(`a${"\u200d".repeat(50)}b`), `a${"\u200d".repeat(4)}b`);
  assert.equal(sanitize(`a${"\u0301\u200c".repeat(50)}b`), `a${"\u0301\u200c".repeat(2)}b`);
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom("\x1b", "[", "2J", "]0;", "\x07", "\r", "\n", "\u202e", "\u0301", "\u200d", "👨", "a", "好"))
    .map((parts) => parts.join("")),
);

Deno.test("sanitizing twice is sanitizing once", () => {
  fc.assert(fc.property(hostile, fc.boolean(), (text, newlines) => {
    const once = sanitize(text, { newlines });
    assert.equal(sanitize(once, { newlines }), once);
  }));
});

Deno.test("nothing that is left moves a terminal's cursor but by its width", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      using vt = new Vt({ columns: 400, rows: 4 });
      const safe = sanitize(text);
      // deno-lint-ignore no-control-regex -- there must be none.
      assert.doesNotMatch(safe, /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
      await vt.write(`top\r\n${safe}`);
      assert.equal(vt.cursor.row, 1);
      assert.ok(vt.screen.startsWith("top"));
      assert.ok(displayWidth(safe) >= 0);
    }),
    { numRuns: 60 },
  );
});
