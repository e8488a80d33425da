import assert from "node:assert/strict";
import fc from "fast-check";
import { type Frame, FullScreen } from "../../lib/terminal/full_screen.ts";
import { padEnd } from "../../lib/terminal/text.ts";
import { Vt } from "./vt.ts";

const frame = (lines: readonly string[], caret = { row: 0, column: 0 }): Frame => ({
  rows: lines.map((text) => ({ text })),
  caret,
});

Deno.test("a frame is on the screen as it is, whatever was there before", async () => {
  using vt = new Vt({ columns: 10, rows: 3 });
  await vt.write("rubbish\r\nrubbish\r\nrubbish");
  await vt.write(new FullScreen().update(frame(["one", "", "三 three"], { row: 2, column: 3 })));
  assert.equal(vt.screen, "one\n\n三 three");
  assert.deepEqual(vt.cursor, { row: 2, column: 3 });
  assert.ok(vt.wraps);
});

Deno.test("only rows that differ are written, the cursor alone where it alone has moved, and nothing where nothing is new", () => {
  const screen = new FullScreen();
  screen.update(frame(["one", "two"]));
  const changed = screen.update(frame(["one", "2"]));
  assert.ok(changed.includes("2") && !changed.includes("one"));
  assert.ok(changed.startsWith("\x1b[?2026h\x1b[?25l"));
  assert.equal(screen.update(frame(["one", "2"], { row: 1, column: 1 })), "\x1b[2;2H");
  assert.equal(screen.update(frame(["one", "2"], { row: 1, column: 1 })), "");
});

Deno.test("what stands at the side keeps its column, whatever the terminal makes of the text before it", async () => {
  using vt = new Vt({ columns: 20, rows: 2 });
  const side = { column: 12, text: "│ Alice" };
  const rows = [{ text: "👨‍👩‍👧 x".repeat(9), side }, { text: "short", side }];
  await vt.write(new FullScreen().update({ rows, caret: { row: 0, column: 0 } }));
  for (const line of vt.screen.split("\n")) assert.match(line, /│ Alice$/);
});

Deno.test("a line that is too long for the terminal loses its end, and takes no other row", async () => {
  using vt = new Vt({ columns: 5, rows: 3 });
  await vt.write(new FullScreen().update(frame(["a", "too long for it", "c"])));
  assert.match(vt.screen, /^a\ntoo .\nc$/);
});

Deno.test("after any frames the screen is the last one", async () => {
  const line = fc.string({ unit: fc.constantFrom("a", "b", " ", "中", "é"), maxLength: 6 }).map((text) =>
    text.trimEnd()
  );
  const frames = fc.array(fc.array(line, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  await fc.assert(fc.asyncProperty(frames, fc.nat(5), async (all, forgets) => {
    using vt = new Vt({ columns: 12, rows: 4 });
    const screen = new FullScreen();
    for (const [index, lines] of all.entries()) {
      if (index === forgets) screen.forget();
      await vt.write(screen.update(frame(lines)));
    }
    const last = (all.at(-1) ?? []).map((text) => padEnd(text, 0)).join("\n").trimEnd();
    assert.equal(vt.screen, last);
  }));
});
