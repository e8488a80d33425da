/** How the screen is divided: the pane, who is here beside it, and beneath them the status and the input. Pure. */
import type { Size } from "../terminal/size.ts";
import { type Area, layoutPrompt } from "../terminal/prompt_area.ts";
import type { Model } from "./model.ts";
import { promptOf } from "./prompt.ts";

/** Where a screen is narrower, everything else needs its columns more. */
const SIDE_FROM = 96;
const SIDE = 22;
/** The messages keep at least so many rows, if the screen has them. */
const MIN_PANE = 3;

export interface Layout {
  readonly pane: Size;
  /** The column of the line before the side list, and the columns behind it. */
  readonly side: { readonly column: number; readonly columns: number } | undefined;
  readonly foot: Area;
}

export function chatLayout(model: Model): Layout {
  const { columns, rows } = model.look.size;
  const foot = layoutPrompt(promptOf(model), { columns, rows: Math.max(1, rows - MIN_PANE) });
  const wide = model.membersShown && columns >= SIDE_FROM;
  return {
    pane: { columns: wide ? columns - SIDE - 1 : columns, rows: Math.max(0, rows - foot.lines.length) },
    side: wide ? { column: columns - SIDE, columns: SIDE - 2 } : undefined,
    foot,
  };
}
