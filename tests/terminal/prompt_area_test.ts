import assert from "node:assert/strict";
import fc from "fast-check";
import { layoutPrompt, type Prompt } from "../../lib/terminal/prompt_area.ts";
import { createStyles } from "../../lib/terminal/style.ts";
import { clampSize } from "../../lib/terminal/size.ts";
import { displayWidth } from "../../lib/terminal/text.ts";

const prompt = (text: string, caret = text.length, more: Partial<Prompt> = {}): Prompt => ({
  status: [],
  label: { text: "› " },
  input: { text, caret },
  ...more,
});

/** The area as a picture, with the caret in it. */
function picture(prompt: Prompt, columns: number, rows = 24): string {
  const { lines, caret } = layoutPrompt(prompt, { columns, rows });
  return lines.map((line, row) => {
    if (row !== caret.row) return line;
    let at = 0;
    while (at < line.length && displayWidth(line.slice(0, at)) < caret.column) at++;
    return `${line.slice(0, at)}|${line.slice(at)}`;
  }).join("\n");
}

Deno.test("an input of one line", () => {
  assert.equal(picture(prompt(""), 20), "› |");
  assert.equal(picture(prompt("hello", 2), 20), "› he|llo");
});

Deno.test("a long input goes on beneath itself, and the caret has a place behind a full row", () => {
  assert.equal(picture(prompt("abcdefghi"), 11), "› abcdefgh\n  i|");
  assert.equal(picture(prompt("abcdefgh"), 11), "› abcdefgh|");
  assert.equal(picture(prompt("一二三四五", 4), 11), "› 一二三四\n  |五");
  assert.equal(picture(prompt("one\n\ntwo", 4), 20), "› one\n  |\n  two");
});

Deno.test("of an input with many rows those around the caret show", () => {
  const text = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj";
  assert.equal(picture(prompt(text), 20), "  c\n  d\n  e\n  f\n  g\n  h\n  i\n  j|");
  assert.equal(picture(prompt(text, 0), 20, 3), "› |a\n  b\n  c");
  assert.equal(picture(prompt(text, 8), 20, 3), "  d\n  |e\n  f");
});

Deno.test("status lines stand above, cut to the width, the last ones where there is little room", () => {
  const status = [{ text: "first" }, { text: "photo.png 61 % 12 MB/s" }];
  assert.equal(picture(prompt("hi", 2, { status }), 12), "first\nphoto.png 6…\n› hi|");
  assert.equal(picture(prompt("hi", 2, { status }), 12, 2), "photo.png 6…\n› hi|");
  assert.equal(picture(prompt("hi", 2, { status }), 12, 1), "› hi|");
});

Deno.test("a placeholder stands where nothing is written", () => {
  const placeholder = { text: "write to lobby" };
  assert.equal(picture(prompt("", 0, { placeholder }), 20), "› |write to lobby");
  assert.equal(picture(prompt("", 0, { placeholder }), 14), "› |write to lo…");
  assert.equal(picture(prompt("x", 1, { placeholder }), 20), "› x|");
});

Deno.test("where it is very narrow the label gives way", () => {
  assert.equal(picture(prompt("hello"), 4), "hel\nlo|");
});

Deno.test("styles are put on after all has its place", () => {
  const { bold, red, dim } = createStyles("16");
  const { lines } = layoutPrompt({
    status: [{ text: "a long status", style: dim }],
    label: { text: "› ", style: bold },
    input: { text: "abcdefghij", caret: 0, style: red },
  }, { columns: 11, rows: 24 });
  assert.deepEqual(lines, [dim("a long sta…"), `${bold("› ")}${red("abcdefgh")}`, `  ${red("ij")}`]);
});

Deno.test("a terminal that does not know its size has a usual one", () => {
  assert.deepEqual(clampSize({ columns: 0, rows: 0 }), { columns: 80, rows: 24 });
  assert.deepEqual(clampSize({ columns: 1, rows: 1 }), { columns: 2, rows: 1 });
  assert.deepEqual(clampSize({ columns: NaN, rows: -1 }), { columns: 80, rows: 24 });
});

Deno.test("the area always fits, and the caret is in it", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 30 });
  fc.assert(fc.property(
    fc.array(line, { maxLength: 4 }),
    fc.array(line, { maxLength: 4 }),
    fc.nat(60),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 12 }),
    (status, input, at, columns, rows) => {
      const text = input.join("\n");
      const size = clampSize({ columns, rows });
      const shown = prompt(text, Math.min(at, text.length), { status: status.map((text) => ({ text })) });
      const { lines, caret } = layoutPrompt(shown, size);
      assert.ok(lines.length >= 1 && lines.length <= size.rows);
      for (const line of lines) assert.ok(displayWidth(line) <= size.columns);
      assert.ok(caret.row < lines.length && caret.column <= Math.max(2, size.columns - 1));
    },
  ));
});
