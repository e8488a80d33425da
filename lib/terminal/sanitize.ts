/**
 * Makes text from elsewhere harmless to a terminal and honest to its reader, so that a message, a name or a file name
 * can only ever be text: it cannot move the cursor, change colours, reorder what stands around it, pile marks over its
 * neighbours, or hide.
 *
 * - A control character shows as its picture (␛ ␇ …); C1 controls and whatever nobody can read show as U+FFFD.
 * - What changes the direction of text shows as U+FFFD: right-to-left scripts need none of it to be readable.
 * - What is invisible and changes nothing is dropped, except the joiners and selectors that emoji and scripts are spelt with.
 * - Marks and joiners in a row are cut to {@linkcode MAX_MARKS}.
 */
import { isSimple } from "./text.ts";

/** The most combining marks, selectors and joiners in a row: one more than any living script was found to need. */
const MAX_MARKS = 4;
const TAB = "    ";
const REPLACEMENT = "\ufffd";

/** Emoji that this version of Unicode does not know yet are unassigned, but reserved for emoji: those pass. */
const UNREADABLE = String.raw`[\p{Cc}\p{Cs}\p{Co}\ufff9-\ufffb]|(?!\p{Extended_Pictographic})\p{Cn}`;
const INVISIBLE = String.raw`(?![\u200c\u200d]|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}`;
/** Flags of regions are spelt with invisible tags: 🏴 and g b s c t, say. */
const REGION_FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e007a}]{3,8}\u{e007f}`;

const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const LINE_ENDS = /\r\n?|[\u2028\u2029]/g;

/** Made for the first text that is not simple: it takes longer than all that a screen of simple texts does. */
let patterns: { readonly suspect: RegExp; readonly ignorable: RegExp; readonly excessMarks: RegExp } | undefined;
const createPatterns = () => ({
  suspect: new RegExp(`${REGION_FLAG}|${UNREADABLE}|${INVISIBLE}`, "gu"),
  ignorable: /^\p{Default_Ignorable_Code_Point}/u,
  excessMarks: new RegExp(String.raw`([\p{M}\u200c\u200d]{${MAX_MARKS}})[\p{M}\u200c\u200d]+`, "gu"),
});

export interface SanitizeOptions {
  /** Whether line ends of every kind stay, as `\n`; otherwise they show as pictures and the text is one line. */
  readonly newlines?: boolean;
}

/** The text, made harmless. Sanitizing it again changes nothing. */
export function sanitize(text: string, { newlines = false }: SanitizeOptions = {}): string {
  if (isSimple(text) || (newlines && text.split("\n").every(isSimple))) return text;
  const { suspect, ignorable, excessMarks } = patterns ??= createPatterns();
  const replacement = (match: string): string => {
    if (match === "\n") return newlines ? "\n" : "␊";
    if (match === "\t") return TAB;
    if (match.startsWith("\u{1f3f4}")) return match;
    const code = match.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "␡";
    if (DIRECTION.test(match)) return REPLACEMENT;
    return ignorable.test(match) ? "" : REPLACEMENT;
  };
  return text.toWellFormed().replace(LINE_ENDS, "\n").replace(suspect, replacement).replace(excessMarks, "$1");
}
