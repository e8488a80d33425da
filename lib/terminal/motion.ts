/**
 * Where a caret can go in a text. Positions are UTF-16 units from 0 to the text's length; every function takes any of
 * them, also one inside a grapheme (emoji can come together under the caret), and returns one between graphemes.
 */
import { segmenter } from "./segmenter.ts";
import { displayWidth, graphemes, graphemeWidth } from "./text.ts";

const graphemesOf = (text: string) => segmenter("grapheme").segment(text);
/** Knows the words of Chinese and Japanese too, which have no spaces between them. */
const wordsOf = (text: string) => segmenter("word").segment(text);

export function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

export function graphemeBefore(text: string, at: number): number {
  if (at <= 0) return 0;
  return graphemesOf(text).containing(at - 1)?.index ?? 0;
}

export function graphemeAfter(text: string, at: number): number {
  const found = at < text.length ? graphemesOf(text).containing(at) : undefined;
  return found === undefined ? text.length : found.index + found.segment.length;
}

/** The beginning of the word that ends at or before `at`, in this line or the end of the one before. */
export function wordBefore(text: string, at: number): number {
  const from = lineStart(text, at - 1);
  let start = from;
  for (const { index, isWordLike } of wordsOf(text.slice(from, at))) {
    if (isWordLike) start = from + index;
  }
  return start;
}

/** The end of the word that begins at or after `at`, in this line or the next. */
export function wordAfter(text: string, at: number): number {
  const to = lineEnd(text, Math.min(text.length, at + 1));
  for (const { index, segment, isWordLike } of wordsOf(text.slice(at, to))) {
    if (isWordLike) return at + index + segment.length;
  }
  return to;
}

/** The same column one line up, or undefined in the first line. */
export function lineAbove(text: string, at: number): number | undefined {
  const start = lineStart(text, at);
  return start === 0 ? undefined : atColumn(text, lineStart(text, start - 1), displayWidth(text.slice(start, at)));
}

/** The same column one line down, or undefined in the last line. */
export function lineBelow(text: string, at: number): number | undefined {
  const end = lineEnd(text, at);
  return end === text.length ? undefined : atColumn(text, end + 1, displayWidth(text.slice(lineStart(text, at), at)));
}

function atColumn(text: string, start: number, column: number): number {
  let at = start;
  let used = 0;
  for (const grapheme of graphemes(text.slice(start, lineEnd(text, start)))) {
    used += graphemeWidth(grapheme);
    if (used > column) break;
    at += grapheme.length;
  }
  return at;
}
