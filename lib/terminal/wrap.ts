/**
 * Breaking text into lines: {@linkcode wrap} for reading, {@linkcode rows} for typing.
 *
 * Reading follows what typesetters agree on: break after spaces, and between any two characters when one of them is
 * wide (Chinese, Japanese, Korean, emoji); but no line begins with a closing mark or ends with an opening one. A word
 * longer than the line is broken where the line ends. Typing must not jump about, so rows are just filled.
 */
import { displayWidth, graphemes, graphemeWidth } from "./text.ts";

/** What must not begin a line: closing marks, small kana, and marks that repeat or lengthen what stands before them. */
const NO_START =
  /^[!%),.:;?\]}’”…‥‧、。〃々〉》」』】〕〗〙〞〟ぁぃぅぇぉっゃゅょゎゝゞ゛゜ァィゥェォッャュョヮヵヶ・ーヽヾ℃！％），．：；？］｝｡｣､･]/u;
/** What must not end a line: opening marks. */
const NO_END = /^[(\[{‘“〈《「『【〔〖〘〝（［｛｢￥＄]/u;

/** A wide character has to fit: no line is narrower than this. */
export const MIN_COLUMNS = 2;

/** The lines of a plain text, each at most so many columns wide. Its own line ends (`\n`) stay line ends. */
export function wrap(text: string, columns: number): readonly string[] {
  const limit = Math.max(MIN_COLUMNS, Math.floor(columns));
  return text.split("\n").flatMap((line) => displayWidth(line) <= limit ? [line] : wrapLine(line, limit));
}

function wrapLine(line: string, limit: number): readonly string[] {
  const parts = fittingParts(line, limit);
  const widths = parts.map(graphemeWidth);
  const lines: string[] = [];
  let start = 0;
  let used = 0;
  let opportunity = 0;
  const finish = (end: number) => {
    // Spaces at a line's end hang over its edge, unseen; a line of nothing else is not worth its row.
    const text = parts.slice(start, end).join("").trimEnd();
    if (text !== "") lines.push(text);
    start = end;
  };
  parts.forEach((part, index) => {
    const width = widths[index] ?? 0;
    if (index > start && mayBreak(parts[index - 1] ?? "", part)) opportunity = index;
    while (index > start && part !== " " && used + width > limit) {
      finish(opportunity > start ? opportunity : index);
      used = sum(widths, start, index);
    }
    used += width;
  });
  finish(parts.length);
  return lines.length > 0 ? lines : [""];
}

/** The graphemes of a line; one that is wider than the line by itself (some stacks of symbols are) falls apart. */
function fittingParts(line: string, limit: number): readonly string[] {
  return graphemes(line).flatMap((part) => graphemeWidth(part) > limit ? [...part] : [part]);
}

function mayBreak(before: string, after: string): boolean {
  if (after === " ") return false;
  if (before === " ") return true;
  if (NO_START.test(after) || NO_END.test(before)) return false;
  return graphemeWidth(before) > 1 || graphemeWidth(after) > 1;
}

function sum(values: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index++) total += values[index] ?? 0;
  return total;
}

/** One row of a text that is filled from edge to edge: where it begins and ends, in UTF-16 units. */
export interface Row {
  readonly start: number;
  readonly end: number;
}

/**
 * The rows of a text that is being typed, each at most so many columns wide: at least one for each of its lines.
 * The line ends (`\n`) stand between rows and belong to none.
 */
export function rows(text: string, columns: number): readonly Row[] {
  const limit = Math.max(MIN_COLUMNS, Math.floor(columns));
  const result: Row[] = [];
  let lineStart = 0;
  for (const line of text.split("\n")) {
    let start = lineStart;
    let end = lineStart;
    let used = 0;
    for (const part of fittingParts(line, limit)) {
      const width = graphemeWidth(part);
      if (used + width > limit && end > start) {
        result.push({ start, end });
        start = end;
        used = 0;
      }
      end += part.length;
      used += width;
    }
    result.push({ start, end });
    lineStart = end + 1;
  }
  return result;
}
