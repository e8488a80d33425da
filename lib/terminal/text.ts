/**
 * How much room text takes in a terminal.
 *
 * The unit of everything here is the grapheme, what a reader calls one character: it is 0, 1 or 2 columns wide and is
 * never cut. Text is plain: no control characters (see `sanitize.ts`) and no styling, which is put on after the text has
 * been brought to its place.
 */
import { createRequire } from "node:module";
import { stripStyle } from "./style.ts";

/** A longer cluster is nobody's writing; it is handed out in pieces, so that one "character" cannot fill a screen. */
const MAX_GRAPHEME_UNITS = 64;
const CACHED_WIDTHS = 4096;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const widths = new Map<string, number>();

/** Whether every character of the text is one column wide and a grapheme by itself. */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text);
}

/** The graphemes of a text, which joined together give it back. */
export function graphemes(text: string): readonly string[] {
  if (isPrintableAscii(text)) return text.split("");
  const parts: string[] = [];
  for (const { segment } of SEGMENTER.segment(text)) {
    if (segment.length <= MAX_GRAPHEME_UNITS) parts.push(segment);
    else parts.push(...pieces(segment));
  }
  return parts;
}

function* pieces(cluster: string): Generator<string> {
  let piece = "";
  for (const character of cluster) {
    if (piece.length + character.length > MAX_GRAPHEME_UNITS) {
      yield piece;
      piece = "";
    }
    piece += character;
  }
  yield piece;
}

/**
 * Characters that are graphemes by themselves, and whose width is the same in every version of Unicode: Latin, Greek,
 * Cyrillic, punctuation, arrows, lines and blocks; and of two columns Chinese, Japanese and Korean, and emoji.
 */
const NARROW =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2713]$/;
const WIDE =
  /^(?:[\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]|\p{Emoji_Presentation})$/u;

/** Loaded when it is needed: a screen without the rarer characters is there 80 ms sooner. */
let stringWidth: ((text: string) => number) | undefined;
const measure = (text: string): number =>
  (stringWidth ??= createRequire(import.meta.url)("string-width").default)(text);

/** The columns of one grapheme. */
export function graphemeWidth(grapheme: string): number {
  if (NARROW.test(grapheme)) return 1;
  if (WIDE.test(grapheme)) return 2;
  const known = widths.get(grapheme);
  if (known !== undefined) return known;
  const width = measure(grapheme);
  // Emptied when full: a text uses few different characters, and the next ones fill it again.
  if (widths.size >= CACHED_WIDTHS) widths.clear();
  widths.set(grapheme, width);
  return width;
}

/** The columns that the text takes on one line. Styling counts nothing. */
export function displayWidth(text: string): number {
  if (isPrintableAscii(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(stripStyle(text))) width += graphemeWidth(grapheme);
  return width;
}

/** The text if it fits into so many columns, else as much of its beginning as does with an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const width = graphemeWidth(grapheme);
    if (used + width > columns - 1) break;
    kept += grapheme;
    used += width;
  }
  return `${kept}…`;
}

/** The text with spaces behind it up to so many columns; a wider text is left as it is. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}
