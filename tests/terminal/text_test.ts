import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { sanitize } from "../../lib/terminal/sanitize.ts";
import { displayWidth, graphemes, graphemeWidth, isSimple, padEnd, truncate } from "../../lib/terminal/text.ts";

Deno.test("width is what a terminal takes", () => {
  const widths: readonly (readonly [string, number])[] = [
    ["", 0],
    ["hello", 5],
    ["你好，世界", 10],
    ["한국어", 6],
    ["e\u0301", 1],
    ["👨‍👩‍👧‍👦", 2],
    ["👍🏽", 2],
    ["🇨🇳", 2],
    ["❤️", 2],
    ["1️⃣", 2],
    ["…", 1],
    ["ｶﾅ", 2],
    ["\x1b[31mred\x1b[0m", 3],
  ];
  for (const [text, width] of widths) assert.equal(displayWidth(text), width, JSON.stringify(text));
});

Deno.test("the short way to a width leads to the same as the long one", () => {
  for (let code = 0x20; code < 0x1fb00; code++) {
    // Every one of the blocks that mix widths, and some of the large ones.
    const mixed = code < 0x600 || (code >= 0x2000 && code < 0x3200) || (code >= 0xff00 && code < 0x10000) ||
      code > 0x1f000;
    if ((code >= 0xd800 && code < 0xe000) || (!mixed && code % 97 !== 0)) continue;
    const character = String.fromCodePoint(code);
    if (graphemeWidth(character) !== stringWidth(character)) assert.fail(`U+${code.toString(16)}`);
  }
});

Deno.test("simple characters stand alone and are harmless", () => {
  const simple: string[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    if (!isSimple(character)) continue;
    simple.push(character);
    // What is behind it makes the whole text take the long way.
    assert.equal(sanitize(`${character}\x07`), `${character}␇`);
  }
  assert.ok(simple.length > 30_000);
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (let step = 1; step < 5000; step = step * 3 + 1) {
    const text = simple.map((_, index) => simple[index * step % simple.length] ?? "").join("");
    assert.deepEqual(graphemes(text), [...segmenter.segment(text)].map(({ segment }) => segment));
  }
});

Deno.test("graphemes stay whole, except monsters", () => {
  assert.deepEqual(graphemes("a👨‍👩‍👧e\u0301好"), ["a", "👨‍👩‍👧", "e\u0301", "好"]);
  const monster = "👨\u200d".repeat(1000);
  assert.ok(graphemes(monster).every((part) => part.length <= 64));
  assert.equal(graphemes(monster).join(""), monster);
});

Deno.test("a long text is measured in linear time, by the grapheme", () => {
  assert.equal(displayWidth("你好world👨‍👩‍👧".repeat(4000)), 4000 * 11);
});

Deno.test("truncating says that something is missing", () => {
  assert.equal(truncate("hello", 5), "hello");
  assert.equal(truncate("hello", 4), "hel…");
  assert.equal(truncate("你好世界", 7), "你好世…");
  assert.equal(truncate("你好世界", 6), "你好…");
  assert.equal(truncate("你", 1), "…");
  assert.equal(truncate("hello", 0), "");
});

Deno.test("padding goes by columns", () => {
  assert.equal(padEnd("你好", 6), "你好  ");
  assert.equal(padEnd("hello", 3), "hello");
});

Deno.test("a truncated text is never wider than asked", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, columns) => {
    const cut = truncate(text, columns);
    assert.ok(displayWidth(cut) <= columns);
    if (displayWidth(text) <= columns) assert.equal(cut, text);
  }));
});
