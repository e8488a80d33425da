/**
 * How much room text takes in a terminal.
 *
 * The unit of everything here is the grapheme, what a reader calls one character: it is 0, 1 or 2 columns wide and is
 * never cut. Text is plain: no control characters (see `sanitize.ts`) and no styling, which is put on after the text has
 * been brought to its place.
 */
import { createRequire } from "node:module";
import { segmenter } from "./segmenter.ts";
import { stripStyle } from "./style.ts";

/** A longer cluster is nobody's writing; it is handed out in pieces, so that one "character" cannot fill a screen. */
const MAX_GRAPHEME_UNITS = 64;
const CACHED_WIDTHS = 4096;

/**
 * Simple characters: wherever they stand they are graphemes by themselves, they are harmless, and their width is the same
 * in every version of Unicode. Latin, Greek, Cyrillic, punctuation, arrows, lines and blocks take one column; Chinese,
 * Japanese and Korean, and the usual emoji, two. Written out, since whole properties of Unicode cost a start too much.
 */
const NARROW_SET = String.raw`\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u0482` +
  String.raw`\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2713`;
const WIDE_SET = String.raw`\u2705\u274c\u2753-\u2755\u2757\u2b50\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff` +
  String.raw`\uac00-\ud7a3\uff01-\uff60\u{1f300}-\u{1f320}\u{1f32d}-\u{1f335}\u{1f337}-\u{1f37c}\u{1f37e}-\u{1f393}` +
  String.raw`\u{1f3a0}-\u{1f3ca}\u{1f3cf}-\u{1f3d3}\u{1f3e0}-\u{1f3f0}\u{1f3f8}-\u{1f3fa}\u{1f400}-\u{1f43e}\u{1f440}` +
  String.raw`\u{1f442}-\u{1f4fc}\u{1f4ff}-\u{1f53d}\u{1f5fb}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f90d}-\u{1f93a}` +
  String.raw`\u{1f93c}-\u{1f945}\u{1f947}-\u{1f9ff}`;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const SIMPLE = new RegExp(`^[${NARROW_SET}${WIDE_SET}]*$`, "u");
const NARROW = new RegExp(`^[${NARROW_SET}]$`, "u");
const WIDE = new RegExp(`^[${WIDE_SET}]$`, "u");
const widths = new Map<string, number>();

/** Whether the text is of simple characters alone. */
export const isSimple = (text: string): boolean => PRINTABLE_ASCII.test(text) || SIMPLE.test(text);

/** The graphemes of a text, which joined together give it back. */
export function graphemes(text: string): readonly string[] {
  if (isSimple(text)) return [...text];
  const parts: string[] = [];
  for (const { segment } of segmenter("grapheme").segment(text)) {
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
  if (PRINTABLE_ASCII.test(text)) return text.length;
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
