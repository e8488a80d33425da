/**
 * An SQL dump as tokens: quoting, escapes and comments as MySQL reads them.
 *
 * What stands in a comment for certain versions only, one that begins with an exclamation mark, counts as if it stood in
 * none. Errors name a line and never quote what stands there, which may be a password.
 */
export type SqlToken =
  /** A keyword, a name without quotes, or a number. */
  | { readonly type: "word"; readonly text: string }
  /** A name in backticks. */
  | { readonly type: "name"; readonly text: string }
  | { readonly type: "string"; readonly text: string }
  /** One character that is none of these: a comma, a bracket, a sign, a dot. */
  | { readonly type: "mark"; readonly text: string };

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\x1a",
  // Only LIKE reads these two, so that the backslash stays.
  "%": "\\%",
  _: "\\_",
};

const SPACE = /\s+/y;
const COMMENT = /(?:--(?=\s|$)|#)[^\n]*/y;
const VERSIONED = /\/\*M?!\d*/y;
const BLOCK = /\/\*(?!M?!)[^]*?\*\//y;
const VERSIONED_END = /\*\//y;
const WORD = /\d+\.\d+|[\p{L}\p{N}_$@]+/yu;

/** Throws a `SyntaxError` where a quote is never closed. */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(sql) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < sql.length) {
    if ([SPACE, COMMENT, VERSIONED, BLOCK, VERSIONED_END].some((pattern) => match(pattern) !== undefined)) continue;
    const word = match(WORD);
    if (word !== undefined) {
      yield { type: "word", text: word };
      continue;
    }
    const mark = sql.charAt(at);
    if (mark === "'" || mark === '"' || mark === "`") {
      const { text, end } = quoted(sql, at);
      at = end;
      yield { type: mark === "`" ? "name" : "string", text };
    } else {
      at++;
      yield { type: "mark", text: mark };
    }
  }
}

function quoted(sql: string, start: number): { readonly text: string; readonly end: number } {
  const quote = sql.charAt(start);
  let text = "";
  for (let at = start + 1; at < sql.length; at++) {
    const character = sql.charAt(at);
    if (character === quote) {
      if (sql.charAt(at + 1) !== quote) return { text, end: at + 1 };
      text += quote;
      at++;
    } else if (character === "\\" && quote !== "`") {
      const escaped = sql.charAt(++at);
      text += ESCAPES[escaped] ?? escaped;
    } else text += character;
  }
  throw new SyntaxError(`the quote that is opened in line ${sql.slice(0, start).split("\n").length} is never closed`);
}
