import assert from "node:assert/strict";
import fc from "fast-check";
import { detectReflow, LiveScreen, type Reflow } from "../../lib/terminal/live_screen.ts";
import { type Area, layoutPrompt } from "../../lib/terminal/prompt_area.ts";
import { stripStyle } from "../../lib/terminal/style.ts";
import { displayWidth } from "../../lib/terminal/text.ts";
import { wrap } from "../../lib/terminal/wrap.ts";
import { Vt } from "./vt.ts";

const area = (lines: readonly string[], row = lines.length - 1, column = displayWidth(lines[row] ?? "")): Area => ({
  lines,
  caret: { row, column },
});

/** A screen and the terminal that it writes to. */
function start(columns: number, rows: number, reflow: Reflow = "all") {
  const vt = new Vt({ columns, rows, reflowsCursorLine: reflow === "all" });
  const screen = new LiveScreen({ size: { columns, rows }, reflow });
  return { vt, screen, [Symbol.dispose]: () => vt[Symbol.dispose]() };
}

Deno.test("messages scroll away above an area that stays", async () => {
  using it = start(20, 5);
  await it.vt.write(it.screen.update({ area: area(["> hel"]) }));
  assert.equal(it.vt.screen, "> hel");
  await it.vt.write(it.screen.update({ print: ["one", "two"], area: area(["> hello"]) }));
  assert.equal(it.vt.screen, "one\ntwo\n> hello");
  await it.vt.write(it.screen.update({ print: ["three", "four", "five"], area: area(["61 %", "> hello"]) }));
  assert.equal(it.vt.screen, "three\nfour\nfive\n61 %\n> hello");
  assert.equal(it.vt.everything, "one\ntwo\nthree\nfour\nfive\n61 %\n> hello");
  assert.deepEqual(it.vt.cursor, { row: 4, column: 7 });
});

Deno.test("what was on the screen before the area stays there", async () => {
  using it = start(20, 5);
  await it.vt.write("$ chat\r\n");
  await it.vt.write(it.screen.update({ area: area(["a", "b", "c"]) }));
  await it.vt.write(it.screen.update({ print: ["hello"], area: area(["a", "b"]) }));
  assert.equal(it.vt.screen, "$ chat\nhello\na\nb");
  await it.vt.write(it.screen.erase());
  assert.equal(it.vt.screen, "$ chat\nhello");
  assert.deepEqual(it.vt.cursor, { row: 2, column: 0 });
});

Deno.test("only lines that differ are drawn again, and nothing when none does", () => {
  const screen = new LiveScreen({ size: { columns: 20, rows: 5 } });
  screen.update({ area: area(["status", "> a"]) });
  assert.equal(screen.update({ area: area(["status", "> a"]) }), "");
  const typed = screen.update({ area: area(["status", "> ab"]) });
  assert.ok(typed.includes("> ab") && !typed.includes("status"));
  const moved = screen.update({ area: area(["status", "> ab"], 1, 2) });
  assert.ok(!moved.includes("ab"));
});

Deno.test("every update hides the cursor and shows nothing half done", () => {
  const screen = new LiveScreen({ size: { columns: 20, rows: 5 } });
  for (const print of [[], ["hello"]]) {
    const output = screen.update({ print, area: area([`> ${print.length}`]) });
    assert.ok(output.startsWith("\x1b[?2026h\x1b[?25l"));
    assert.ok(output.endsWith("\x1b[?25h\x1b[?2026l"));
  }
});

Deno.test("a line that the terminal finds wider than we do takes no second row", async () => {
  using it = start(10, 4);
  await it.vt.write(it.screen.update({ area: area(["status", "> 123456789012345"], 1, 3) }));
  assert.equal(it.vt.screen.split("\n").length, 2);
  await it.vt.write(it.screen.update({ print: ["hello"], area: area(["status", "> 1"]) }));
  assert.equal(it.vt.screen, "hello\nstatus\n> 1");
  assert.equal(it.vt.wraps, true);
});

Deno.test("styling of a printed line ends with it", () => {
  const screen = new LiveScreen({ size: { columns: 20, rows: 4 } });
  const output = screen.update({ print: ["\x1b[31mred"], area: area(["> "]) });
  assert.ok(output.includes("\x1b[31mred\x1b[0m\r\n"));
});

for (const reflow of ["all", "not-cursor-line"] as const) {
  Deno.test(`an area of long lines survives a narrower terminal that reflows ${reflow}`, async () => {
    using it = start(30, 8, reflow);
    await it.vt.write(it.screen.update({
      print: ["first", "second"],
      area: area(["a status that is quite long", "> 一二三四五六七八九十"], 1, 22),
    }));
    it.vt.resize(12, 8);
    it.screen.resize({ columns: 12, rows: 8 });
    await it.vt.write(it.screen.update({ area: area(["a status t…", "> 一二三四", "  五六"]) }));
    assert.equal(it.vt.everything, "first\nsecond\na status t…\n> 一二三四\n  五六");
    it.vt.resize(40, 6);
    it.screen.resize({ columns: 40, rows: 6 });
    await it.vt.write(it.screen.update({ print: ["third"], area: area(["> 一二三四五六"]) }));
    assert.equal(it.vt.everything, "first\nsecond\nthird\n> 一二三四五六");
  });
}

Deno.test("how a terminal reflows is guessed from the environment", () => {
  const guess = (variables: Record<string, string>) => detectReflow((name) => variables[name]);
  assert.equal(guess({ TERM: "xterm-256color" }), "all");
  assert.equal(guess({ TERM: "xterm-256color", TERM_PROGRAM: "vscode" }), "not-cursor-line");
  assert.equal(guess({ TERM: "xterm-256color", XTERM_VERSION: "XTerm(379)" }), "none");
  assert.equal(guess({ TERM: "linux" }), "none");
});

const word = fc.constantFrom("hello", "房间", "a", "，", "image.png", "(", "0123456789", "你好吗", " ");
const phrase = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
const step = fc.oneof(
  fc.record({ type: fc.constant("print" as const), texts: fc.array(phrase, { maxLength: 3 }) }),
  fc.record({
    type: fc.constant("area" as const),
    text: fc.array(phrase, { maxLength: 3 }).map((lines) => lines.join("\n")),
    at: fc.nat(40),
    status: fc.array(phrase, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant("resize" as const),
    columns: fc.integer({ min: 2, max: 40 }),
    rows: fc.integer({ min: 2, max: 12 }),
  }),
);

interface Shown {
  readonly text: string;
  readonly at: number;
  readonly status: readonly string[];
}

const lay = ({ text, at, status }: Shown, screen: LiveScreen) =>
  layoutPrompt({
    status: status.map((line) => ({ text: line })),
    label: { text: "> " },
    input: { text, caret: Math.min(at, text.length) },
  }, screen.size);

/** The area as it should look at the bottom of the screen, and the cursor in it. */
function assertIntact(vt: Vt, { lines, caret }: Area, columns: number): void {
  const top = vt.cursor.row - caret.row;
  const rows = vt.screen.split("\n");
  const wanted = lines.map((line) => stripStyle(line).trimEnd());
  const seen = wanted.map((_, index) => rows[top + index] ?? "");
  assert.deepEqual(seen, wanted);
  assert.deepEqual(rows.slice(top + lines.length), []);
  assert.equal(vt.cursor.column, Math.min(caret.column, columns - 1));
}

Deno.test("whatever is printed, typed and resized, the area is whole, and without resizing so is everything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, reflowsAll) => {
      using it = start(24, 8, reflowsAll ? "all" : "not-cursor-line");
      let shown: Shown = { text: "", at: 0, status: [] };
      const printed: string[] = [];
      let resized = false;
      for (const next of steps) {
        let print: readonly string[] = [];
        if (next.type === "print") print = next.texts.flatMap((text) => wrap(text, it.screen.size.columns));
        if (next.type === "area") shown = next;
        if (next.type === "resize") {
          it.vt.resize(next.columns, next.rows);
          it.screen.resize(next);
          resized = true;
        }
        printed.push(...print);
        const area = lay(shown, it.screen);
        await it.vt.write(it.screen.update({ print, area }));
        assertIntact(it.vt, area, it.screen.size.columns);
        if (resized) continue;
        const wanted = [...printed, ...area.lines].map((line) => line.trimEnd()).join("\n").trimEnd();
        assert.equal(it.vt.everything, wanted);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("no message is lost when the width changes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(phrase, fc.integer({ min: 12, max: 40 }), phrase), { maxLength: 8 }),
      fc.boolean(),
      async (steps, reflowsAll) => {
        using it = start(24, 30, reflowsAll ? "all" : "not-cursor-line");
        let area = lay({ text: "", at: 0, status: [] }, it.screen);
        await it.vt.write(it.screen.update({ area }));
        const squeeze = (text: string) => text.replace(/\s/g, "");
        let all = "";
        for (const [text, columns, typed] of steps) {
          const print = wrap(text, it.screen.size.columns);
          all += squeeze(text);
          area = lay({ text: typed, at: typed.length, status: [typed] }, it.screen);
          await it.vt.write(it.screen.update({ print, area }));
          it.vt.resize(columns, 30);
          it.screen.resize({ columns, rows: 30 });
          area = lay({ text: typed, at: typed.length, status: [typed] }, it.screen);
          await it.vt.write(it.screen.update({ area }));
          assert.equal(squeeze(it.vt.everything), all + squeeze(area.lines.join("")));
        }
      },
    ),
    { numRuns: 100 },
  );
});
