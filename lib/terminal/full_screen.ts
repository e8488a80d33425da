/**
 * The whole screen, of which only the rows that differ are written.
 *
 * Every change is one string of escape sequences. Each row is addressed absolutely, erased, and drawn with line wrapping
 * off: terminals disagree about how wide some emoji are, and so a mistake about one stays in its row. What stands at the
 * side has a column of its own for the same reason. Terminals that know synchronized output show nothing half done.
 */

export interface Row {
  /** Styled, without line ends. */
  readonly text: string;
  /** What stands from that column (counted from 0) on, whatever the text before it came to. */
  readonly side?: { readonly column: number; readonly text: string };
}

/** All rows of the screen from the top, and where the cursor stands, counted from 0. */
export interface Frame {
  readonly rows: readonly Row[];
  readonly caret: { readonly row: number; readonly column: number };
}

const BEGIN = "\x1b[?2026h\x1b[?25l\x1b[?7l";
const END = "\x1b[?7h\x1b[?25h\x1b[?2026l";
const RESET = "\x1b[0m";
const ERASE_LINE = "\x1b[2K";
const ERASE_ALL = "\x1b[0m\x1b[2J";

export class FullScreen {
  #drawn: readonly string[] | undefined;
  #caret = "";

  /** What to write so that the frame is on the screen; "" when it is already. */
  update({ rows, caret }: Frame): string {
    const next = rows.map(compose);
    const old = this.#drawn;
    const changes = next.map((row, index) => row === (old?.[index] ?? "") ? "" : `${goTo(index, 0)}${ERASE_LINE}${row}`)
      .join("");
    const place = goTo(caret.row, caret.column);
    const moved = place !== this.#caret;
    this.#drawn = next;
    this.#caret = place;
    if (old !== undefined && changes === "") return moved ? place : "";
    return BEGIN + (old === undefined ? ERASE_ALL : "") + changes + END + place;
  }

  /** The screen has another size, or something else was written to it: the next frame is drawn from nothing. */
  forget(): void {
    this.#drawn = undefined;
  }
}

function compose({ text, side }: Row): string {
  const main = text === "" ? "" : text + RESET;
  return side === undefined ? main : `${main}\x1b[${side.column + 1}G\x1b[K${side.text}${RESET}`;
}

const goTo = (row: number, column: number) => `\x1b[${row + 1};${column + 1}H`;
