/** Scripts that put no space between words: a name in one of them may be followed by anything. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}`;

/** Finds every `@name` in a text, in any case, but not in the longer name of somebody else. */
export function mentionOf(name: string): RegExp {
  const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(String.raw`@${literal}(?!(?![${UNSPACED}])[\p{L}\p{N}_])`, "giu");
}
