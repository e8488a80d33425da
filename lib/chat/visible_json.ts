/** JSON for logs and terminals: what a peer chose stands in it, and can neither move a cursor nor begin a line of its own. */

/** JSON in which every control and format character is escaped, those that JSON itself lets through as well. */
export function visibleJson(value: unknown): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) => found.split("").map(escape).join(""));
}
