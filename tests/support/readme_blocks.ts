/** Code blocks of the README that tests run: each has a name behind its language, as in "```sh install". */

const page = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** The text of a block, with some of its words replaced by what a test has in their place. Every word has to be there. */
export function readmeBlock(name: string, replaced: Readonly<Record<string, string>> = {}): string {
  const [, text] = new RegExp(`^\`\`\`\\w+ ${name}\\n(.*?)^\`\`\`$`, "ms").exec(page) ?? [];
  if (text === undefined) throw new Error(`The README has no block named ${name}`);
  return Object.entries(replaced).reduce((before, [word, instead]) => {
    if (!before.includes(word)) throw new Error(`The README's block ${name} does not say ${word}`);
    return before.replaceAll(word, instead);
  }, text);
}
