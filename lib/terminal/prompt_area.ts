/**
 * What stands beneath the messages: status lines, and the input behind its label.
 *
 *     photo.png  ▕██████    ▏ 61 %
 *     › a message that is being written and
 *       goes on here▏
 *
 * Pure: the same content and size give the same lines. The input is filled from edge to edge, since wrapping by words
 * would make it jump about under the caret; when it has more rows than there is room for, those around the caret show.
 */
import type { Size } from "./size.ts";
import type { Style } from "./style.ts";
import { displayWidth, truncate } from "./text.ts";
import { type Row, rows } from "./wrap.ts";

/** Rows of the input, unless the terminal has less room. */
const MAX_INPUT_ROWS = 8;
/** Where less than this would be left for the input, the label gives way. */
const MIN_INPUT_COLUMNS = 8;

/** A plain text without line ends, and how it is to look. */
export interface StyledText {
  readonly text: string;
  readonly style?: Style;
}

export interface Prompt {
  /** Above the input; cut where they are too long. When there is no room for all, the last ones show; the last one nearly always. */
  readonly status: readonly StyledText[];
  /** Before the input's first row; the other rows are indented by its width. */
  readonly label: StyledText;
  readonly input: {
    readonly text: string;
    /** In UTF-16 units. */
    readonly caret: number;
    readonly style?: Style;
  };
  /** Shown behind the label while the input is empty. */
  readonly placeholder?: StyledText;
}

/** Lines that are on the screen or should be, and where the cursor stands among them, from 0. */
export interface Area {
  /** Styled; none wider than the terminal it was made for. */
  readonly lines: readonly string[];
  readonly caret: { readonly row: number; readonly column: number };
}

const plain: Style = (text) => text;

/** Lays the prompt out for a terminal. There is always at least one line, and never more than fit. */
export function layoutPrompt(prompt: Prompt, size: Size): Area {
  const { text, caret, style = plain } = prompt.input;
  const label = fittingLabel(prompt.label, size.columns);
  // The last column stays free: there the caret can stand behind a full row.
  const all = rows(text, size.columns - label.width - 1);
  const caretRow = Math.max(0, all.findLastIndex((row) => row.start <= caret));
  const shown = window(
    all,
    caretRow,
    Math.min(MAX_INPUT_ROWS, Math.max(1, size.rows - Math.min(1, prompt.status.length))),
  );
  const room = size.rows - shown.rows.length;
  const status = prompt.status.slice(Math.max(0, prompt.status.length - room)).map((line) => draw(line, size.columns));
  const input = shown.rows.map(({ start, end }, index) => {
    const begin = shown.from + index === 0 ? label.text : " ".repeat(label.width);
    return begin + (start === end ? "" : style(text.slice(start, end)));
  });
  if (text === "" && prompt.placeholder) input[0] += draw(prompt.placeholder, size.columns - label.width);
  return {
    lines: [...status, ...input],
    caret: {
      row: status.length + caretRow - shown.from,
      column: label.width + displayWidth(text.slice(all[caretRow]?.start ?? 0, caret)),
    },
  };
}

/** The rows to show, so that the caret's is among them. It stays in the middle where it can: no state is needed. */
function window(all: readonly Row[], caretRow: number, count: number): { from: number; rows: readonly Row[] } {
  const from = Math.max(0, Math.min(all.length - count, caretRow - Math.floor(count / 2)));
  return { from, rows: all.slice(from, from + count) };
}

function fittingLabel(label: StyledText, columns: number): { readonly text: string; readonly width: number } {
  const width = displayWidth(label.text);
  if (columns - width - 1 < MIN_INPUT_COLUMNS) return { text: "", width: 0 };
  return { text: draw(label, width), width };
}

function draw({ text, style = plain }: StyledText, columns: number): string {
  const shown = truncate(text, columns);
  return shown === "" ? "" : style(shown);
}
