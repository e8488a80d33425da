import assert from "node:assert/strict";
import fc from "fast-check";
import { displayWidth, graphemes } from "../../lib/terminal/text.ts";
import { rows, wrap } from "../../lib/terminal/wrap.ts";

Deno.test("words are kept whole", () => {
  assert.deepEqual(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
  assert.deepEqual(wrap("the quick brown fox", 40), ["the quick brown fox"]);
  assert.deepEqual(wrap("", 10), [""]);
});

Deno.test("a word longer than the line is broken where the line ends", () => {
  assert.deepEqual(wrap("see https://example.org/a/long/path", 10), [
    "see",
    "https://ex",
    "ample.org/",
    "a/long/pat",
    "h",
  ]);
});

Deno.test("its own line ends and its indentation stay", () => {
  assert.deepEqual(wrap("one\n\n  two three", 9), ["one", "", "  two", "three"]);
});

Deno.test("spaces at a line's end are not carried over", () => {
  assert.deepEqual(wrap("hello     world", 5), ["hello", "world"]);
  assert.deepEqual(wrap("hello world   ", 5), ["hello", "world"]);
});

Deno.test("between wide characters a line may break, but not before a closing mark or after an opening one", () => {
  assert.deepEqual(wrap("一二三四五六", 6), ["一二三", "四五六"]);
  assert.deepEqual(wrap("一二三，四五六", 6), ["一二", "三，四", "五六"]);
  assert.deepEqual(wrap("一二「三四」五", 6), ["一二", "「三", "四」五"]);
  assert.deepEqual(wrap("きゃっきゃっ", 8), ["きゃっ", "きゃっ"]);
  assert.deepEqual(wrap("聊天room聊天", 8), ["聊天room", "聊天"]);
});

Deno.test("a line of nothing but closing marks is broken all the same", () => {
  assert.deepEqual(wrap("。。。。。", 4), ["。。", "。。", "。"]);
});

const text = fc.array(
  fc.oneof(
    fc.constantFrom(
      "hello",
      " ",
      "  ",
      "世",
      "界",
      "，",
      "「",
      "」",
      "\n",
      "👨‍👩‍👧",
      "e\u0301",
      "（",
      "supercalifragilistic",
    ),
    fc.string({ unit: "grapheme", maxLength: 3 }),
  ),
).map((parts) => parts.join(""));

Deno.test("no line is too wide, no grapheme is split, nothing but spaces is lost", () => {
  fc.assert(fc.property(text, fc.integer({ min: 2, max: 30 }), (text, columns) => {
    const lines = wrap(text, columns);
    for (const line of lines) assert.ok(displayWidth(line) <= columns, JSON.stringify(line));
    const squeeze = (text: string) => text.replace(/\s/g, "");
    assert.equal(squeeze(lines.join("")), squeeze(text));
    const parts = (lines: readonly string[]) => lines.flatMap(graphemes).filter((part) => part.trim() !== "");
    const whole = parts(text.split("\n"));
    if (whole.every((part) => displayWidth(part) <= columns)) assert.deepEqual(parts(lines), whole);
  }));
});

Deno.test("a grapheme wider than the line falls apart", () => {
  const note = "\u{1d158}\u{1d165}\u{1d16e}";
  assert.equal(displayWidth(note), 3);
  assert.deepEqual(wrap(`a${note}`, 3), ["a", note]);
  assert.ok(wrap(note, 2).every((line) => displayWidth(line) <= 2));
});

Deno.test("rows are filled, and cover the text but for its line ends", () => {
  assert.deepEqual(rows("", 10), [{ start: 0, end: 0 }]);
  assert.deepEqual(rows("abcdef", 4), [{ start: 0, end: 4 }, { start: 4, end: 6 }]);
  assert.deepEqual(rows("一二三", 5), [{ start: 0, end: 2 }, { start: 2, end: 3 }]);
  assert.deepEqual(rows("a\n\nb", 5), [{ start: 0, end: 1 }, { start: 2, end: 2 }, { start: 3, end: 4 }]);
  fc.assert(fc.property(text, fc.integer({ min: 2, max: 30 }), (text, columns) => {
    const all = rows(text, columns);
    for (const { start, end } of all) assert.ok(displayWidth(text.slice(start, end)) <= columns);
    assert.equal(all.map(({ start, end }) => text.slice(start, end)).join(""), text.replaceAll("\n", ""));
  }));
});
