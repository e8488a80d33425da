/**
 * Messages that scroll away above, and an area beneath them that stays whole.
 *
 * Every change is one string of escape sequences, to be written at once: the area gives way, the messages are printed
 * into the terminal's own scrollback, the area stands again. Three rules keep it whole:
 *
 * - All movement is relative to where the cursor stands in the area, so that it does not matter where on the screen the
 *   area is, or whether the terminal has scrolled.
 * - The area is drawn with line wrapping off. Terminals disagree about how wide some emoji are; a line that turns out
 *   too long for one loses its end, but never takes a row that was not counted.
 * - The terminal is asked to show the result only when it is complete (synchronized output, where it is known), and
 *   nothing is erased that is drawn again unchanged.
 */
import type { Area } from "./prompt_area.ts";
import { clampSize, type Size } from "./size.ts";
import { stripStyle } from "./style.ts";
import { rows } from "./wrap.ts";

/**
 * What a terminal does with lines that are too long for its new width: most break all of them anew; VS Code leaves the
 * cursor's line alone; xterm and the Linux console cut them off.
 */
export type Reflow = "all" | "not-cursor-line" | "none";

/** Guesses by the environment. Guessing wrong spoils the rows next to the area at a resize, and nothing after it. */
export function detectReflow(env: (name: string) => string | undefined): Reflow {
  if (env("TERM_PROGRAM") === "vscode") return "not-cursor-line";
  return env("XTERM_VERSION") || env("TERM") === "linux" ? "none" : "all";
}

export interface LiveScreenOptions {
  readonly size: Size;
  readonly reflow?: Reflow;
}

export interface ScreenUpdate {
  /** Lines to print above the area: styled, without control characters or line ends, wrapped to the screen's width. */
  readonly print?: readonly string[];
  /** What the area is from now on, laid out for {@linkcode LiveScreen.size}. */
  readonly area: Area;
}

const BEGIN = "\x1b[?2026h\x1b[?25l";
const END = "\x1b[?25h\x1b[?2026l";
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
const RESET = "\x1b[0m";
const ERASE_LINE = "\x1b[2K";
/** From the beginning of a row, in two steps: tmux takes erasing from the screen's first cell for a new screen. */
const ERASE_BELOW = "\x1b[2K\x1b[C\x1b[J\r";

export class LiveScreen {
  #size: Size;
  readonly #reflow: Reflow;
  #drawn: Area | undefined;
  /** Whether the size has changed since the area was drawn: then it is not where it was, and may be broken. */
  #moved = false;

  constructor({ size, reflow = "all" }: LiveScreenOptions) {
    this.#size = clampSize(size);
    this.#reflow = reflow;
  }

  get size(): Size {
    return this.#size;
  }

  /** Takes note of a new size. The next update draws everything again, and has to be laid out for it. */
  resize(size: Size): void {
    const clamped = clampSize(size);
    if (clamped.columns === this.#size.columns && clamped.rows === this.#size.rows) return;
    this.#size = clamped;
    this.#moved = true;
  }

  /** What to write so that the lines are printed and the area stands beneath them; "" when nothing changes. */
  update({ print = [], area }: ScreenUpdate): string {
    const changes = this.#drawn !== undefined && !this.#moved && print.length === 0
      ? changed(this.#drawn, area)
      : this.#toTop() + ERASE_BELOW + print.map((line) => `${line}${RESET}\r\n`).join("") + drawAll(area);
    this.#drawn = area;
    this.#moved = false;
    return changes === "" ? "" : BEGIN + changes + END;
  }

  /** What to write so that the area is gone and the cursor stands at the beginning of its first row. */
  erase(): string {
    if (this.#drawn === undefined) return "";
    const erasing = this.#toTop() + ERASE_BELOW;
    this.#drawn = undefined;
    this.#moved = false;
    return BEGIN + erasing + END;
  }

  #toTop(): string {
    return up(this.#drawn === undefined ? 0 : this.#rowsAboveCursor(this.#drawn)) + "\r";
  }

  /** How far above the cursor the area begins, after the terminal has broken its lines for the width it has now. */
  #rowsAboveCursor({ lines, caret }: Area): number {
    if (!this.#moved || this.#reflow === "none") return caret.row;
    const height = (line: string | undefined) => rows(stripStyle(line ?? ""), this.#size.columns).length;
    const above = lines.slice(0, caret.row).reduce((total, line) => total + height(line), 0);
    if (this.#reflow === "not-cursor-line") return above;
    // A cursor behind the end of a line that just fits: terminals differ about its row. Too few spares the messages.
    return above + Math.min(Math.floor(caret.column / this.#size.columns), height(lines[caret.row]) - 1);
  }
}

const up = (count: number) => count > 0 ? `\x1b[${count}A` : "";
const down = (count: number) => count > 0 ? `\x1b[${count}B` : "";
const right = (count: number) => count > 0 ? `\x1b[${count}C` : "";

function drawAll({ lines, caret }: Area): string {
  const drawing = lines.map((line) => line + RESET).join("\r\n");
  return WRAP_OFF + drawing + WRAP_ON + toCaret(lines.length - 1, caret);
}

function toCaret(fromRow: number, caret: Area["caret"]): string {
  return `${up(fromRow - caret.row)}${down(caret.row - fromRow)}\r${right(caret.column)}`;
}

/** What turns one area into another where it stands: only lines that differ are drawn. */
function changed(old: Area, next: Area): string {
  let output = "";
  let row = old.caret.row;
  const lastOld = old.lines.length - 1;
  const goTo = (target: number) => {
    const existing = Math.min(target, Math.max(row, lastOld));
    output += up(row - existing) + down(existing - row) + "\r" + "\r\n".repeat(target - existing);
    row = target;
  };
  next.lines.forEach((line, index) => {
    if (line === old.lines[index]) return;
    goTo(index);
    output += `${ERASE_LINE}${line}${RESET}`;
  });
  if (next.lines.length < old.lines.length) {
    goTo(next.lines.length);
    output += ERASE_BELOW;
  }
  if (output !== "") return WRAP_OFF + output + WRAP_ON + toCaret(row, next.caret);
  const still = old.caret.row === next.caret.row && old.caret.column === next.caret.column;
  return still ? "" : toCaret(row, next.caret);
}
