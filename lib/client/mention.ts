/** Scripts that put no space between words: a name in one of them may be followed by anything. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}`;

/** Making one costs more than drawing a message, and there is one name that is looked for. */
let last: { readonly name: string; readonly pattern: RegExp } | undefined;

/** Finds every `@name` in a text, in any case, but not in the longer name of somebody else. For replacing and matching. */
export function mentionOf(name: string): RegExp {
  if (last?.name !== name) {
    const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    last = { name, pattern: new RegExp(String.raw`@${literal}(?!(?![${UNSPACED}])[\p{L}\p{N}_])`, "giu") };
  }
  last.pattern.lastIndex = 0;
  return last.pattern;
}
