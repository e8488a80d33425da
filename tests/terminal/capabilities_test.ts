import assert from "node:assert/strict";
import fc from "fast-check";
import { bestGraphics, type Capabilities, isLight, learn } from "../../lib/terminal/capabilities.ts";
import { type Key, KeyDecoder } from "../../lib/terminal/keys.ts";

/** What is known after what a terminal sent. */
function hear(bytes: string): Capabilities {
  let known: Capabilities = {};
  new KeyDecoder((reply) => known = learn(known, reply)).push(new TextEncoder().encode(bytes));
  return known;
}

const choose = (bytes: string, env: Readonly<Record<string, string>> = {}) =>
  bestGraphics(hear(bytes), (name) => env[name]);
const cell = "\x1b[6;20;10t";

Deno.test("a terminal's answers, whole", () => {
  const bytes = `${cell}\x1b]11;rgb:ffff/8080/0000\x1b\\\x1bP>|kitty(0.40.0)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62;4;22c`;
  assert.deepEqual(hear(bytes), {
    cell: { width: 10, height: 20 },
    background: [255, 128, 0],
    name: "kitty(0.40.0)",
    kitty: true,
    sixel: true,
    complete: true,
  });
  assert.ok(isLight([250, 250, 240]) && !isLight([30, 30, 40]));
  assert.deepEqual(hear("\x1b]11;rgb:f/0/8\x07").background, [255, 0, 136]);
});

Deno.test("what draws pictures best is chosen, and text where nothing is certain", () => {
  assert.equal(choose("\x1b[?62;22c"), "blocks");
  assert.equal(choose(`${cell}\x1b[?62;4c`), "sixel");
  assert.equal(choose("\x1b[?62;4c"), "blocks", "a strip has to fit its row");
  assert.equal(choose("\x1bP>|kitty(0.40)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62c"), "kitty");
  assert.equal(choose(`\x1bP>|WezTerm 2024\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?65;4c`), "iterm2", "it has no placeholders");
  assert.equal(choose("", { TERM_PROGRAM: "iTerm.app" }), "iterm2");
  assert.equal(choose(`${cell}\x1b[?62;4c`, { TMUX: "/tmp/x" }), "blocks");
  assert.equal(choose(`${cell}\x1b[?62;4c`, { TERM: "screen-256color" }), "blocks");
});

Deno.test("answers are no keys, and whatever else comes is no answer", () => {
  const keys: Key[] = [];
  keys.push(...new KeyDecoder().push(new TextEncoder().encode(`${cell}\x1b[?62c\x1bP>|x\x1b\\`)));
  assert.deepEqual(keys, []);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotThrow(() => learn({}, text));
  }));
  assert.deepEqual(hear("\x1b[6;0;0t\x1b]11;red\x07\x1bP>|\x1b\\\x1b_Gi=31;EINVAL\x1b\\"), {});
  assert.deepEqual(hear(`\x1bP>|${"x".repeat(10_000)}\x1b\\`), {}, "an endless one is dropped");
});
