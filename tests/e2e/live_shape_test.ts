/** A conversation in several scripts with pictures, at every size and while the size changes: all in its place. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { arrive, liveTest } from "../support/live.ts";
import type { Pty } from "../support/pty.ts";
import { BOB, enter, post } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";

const SAID = [
  "Good morning! Who was at the sea on Sunday? I only got as far as the harbour, and the wind was strong there.",
  "我!海边风很大,但是天气特别好。灯塔那边一个人也没有,下次我们一起去海边吧。",
  "好的 👋🏽 café ❤️ 👨‍👩‍👧 🇨🇳 1️⃣ ｶﾅ 한국어",
  "a-word-that-is-much-longer-than-any-line-of-a-narrow-terminal-would-ever-be-even-so",
];
const SIZES = [[120, 36], [80, 24], [40, 10], [97, 30], [20, 6], [120, 36]] as const;
const image = (name: string) => Deno.readFile(fileURLToPath(import.meta.resolve(`../../image/${name}`)));

liveTest(
  "at every size and between them no line is torn, columns are straight, the cursor is at the caret",
  async (stage) => {
    const { pty } = await arrive(stage, { name: "小美", columns: 120, rows: 36 });
    const bob = stage.stack.use(await enter(stage.server, BOB));
    for (const text of SAID) await post(bob, text);
    for (const name of ["lighthouse.png", "harbour.jpg"]) {
      await sendBytes(bob, await image(name), {
        type: "image",
        name,
      });
    }
    await post(bob, "over");
    await pty.until(() => /▣ harbour\.jpg.*\n {2}[▀▄]/.test(pty.screen), "the second picture");
    await pty.types("写到一半 half\x1b[D\x1b[D");
    await pty.shows("› 写到一半 half");
    // One upon the other, while more is said: only the last one counts.
    for (const [columns, rows] of [...SIZES, ...SIZES]) {
      await pty.resize(columns, rows);
      await post(bob, `at ${columns} × ${rows}`);
    }
    for (const [columns, rows] of SIZES) {
      await pty.resize(columns, rows);
      const size = { columns, rows };
      // The pictures are drawn again for it, whenever that is: they are there once drawing anew changes nothing.
      for (let before = ""; before !== pty.screen;) {
        before = pty.screen;
        await drawnAnew(pty, size);
      }
      // Pictures come whenever they are ready: what is compared has none in sight.
      for (let turn = 0; turn === 0 || /[▀▄]/.test(pty.screen); turn++) {
        for (const text of SAID) await post(bob, text);
        await post(bob, `turn ${turn} ${columns}`);
        await pty.until(() => pty.screen.includes(`turn ${turn} ${columns}`), "what was said");
      }
      const bitByBit = pty.screen;
      await drawnAnew(pty, size);
      assert.equal(pty.screen, bitByBit, "what was drawn bit by bit is what is drawn at once");
      assert.deepEqual(pty.terminal.cursor, { row: rows - 1, column: 2 + 8 + 1 + 2 });
      if (columns < 96) continue;
      const lines = [...pty.terminal.cells()].filter(({ cell, column }) =>
        cell.getChars() === "│" && column === columns - 22
      );
      assert.equal(lines.length, rows - 2, "the line before the list is straight");
    }
  },
);

/** Has everything drawn again, and waits until it is. */
async function drawnAnew(
  pty: Pty,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<void> {
  const seen = pty.output.length;
  await pty.types("\x0c");
  await pty.until(() => {
    const lines = pty.screen.split("\n");
    const began = pty.output.indexOf("\x1b[2J", seen);
    return began >= 0 && pty.output.includes("\x1b[?2026l", began) && pty.terminal.size.columns === columns &&
      lines.length === rows && /^── online/.test(lines.at(-2) ?? "") && /^› 写到一半 half$/.test(lines.at(-1) ?? "");
  }, `${columns} × ${rows}`);
}
