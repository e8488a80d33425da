/** Where somebody is spoken to: `@name` in any case, but not in the longer name of somebody else. Pure. */

/** Scripts that put no space between words: a name in one of them may be followed by anything. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}`;

/** Making one costs more than drawing a message, and there is one name that is looked for. */
let last: { readonly name: string; readonly pattern: RegExp } | undefined;

export const isMention = (text: string, name: string): boolean =>
  mayMention(text, name) && text.search(patternOf(name)) !== -1;

/** The text with every mention replaced. */
export const replaceMentions = (text: string, name: string, replace: (mention: string) => string): string =>
  mayMention(text, name) ? text.replace(patternOf(name), replace) : text;

const mayMention = (text: string, name: string): boolean => name !== "" && text.includes("@");

function patternOf(name: string): RegExp {
  if (last?.name !== name) {
    const literal = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    last = { name, pattern: new RegExp(String.raw`@${literal}(?!(?![${UNSPACED}])[\p{L}\p{N}_])`, "giu") };
  }
  return last.pattern;
}
