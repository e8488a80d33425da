/** Screens as pictures: what an emulator shows of the view. */
import assert from "node:assert/strict";
import type { Room } from "./people.ts";
import { view } from "../../lib/client/view.ts";
import { FullScreen } from "../../lib/terminal/full_screen.ts";
import { displayWidth } from "../../lib/terminal/text.ts";
import { Vt } from "../terminal/vt.ts";

/** The screen, `▏` marking the cursor; a blank first line makes it stand well in the source. */
export async function screen({ model }: Room): Promise<string> {
  using vt = new Vt(model.look.size);
  const { frame } = view(model);
  await vt.write(new FullScreen().update(frame));
  const lines = vt.screen.split("\n");
  const { row } = frame.caret;
  assert.deepEqual(vt.cursor, frame.caret);
  // Columns are not characters: the mark stands behind as many columns as the cursor does.
  const line = (lines[row] ?? "").padEnd(frame.caret.column);
  let at = 0;
  while (displayWidth(line.slice(0, at)) < frame.caret.column) at++;
  lines[row] = `${line.slice(0, at)}▏${line.slice(at)}`;
  return "\n" + lines.join("\n");
}
