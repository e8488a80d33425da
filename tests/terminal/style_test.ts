import assert from "node:assert/strict";
import { type ColorLevel, createStyles, detectColorLevel, stripStyle } from "../../lib/terminal/style.ts";

const level = (variables: Record<string, string>, isTerminal = true) =>
  detectColorLevel({ env: (name) => variables[name], isTerminal });

Deno.test("colours are what the terminal has and its user wants", () => {
  assert.equal(level({ TERM: "xterm-256color", COLORTERM: "truecolor" }), "truecolor");
  assert.equal(level({ TERM: "xterm-256color", COLORTERM: "24bit" }), "truecolor");
  assert.equal(level({ TERM: "xterm-direct" }), "truecolor");
  assert.equal(level({ TERM: "xterm-256color" }), "256");
  assert.equal(level({ TERM: "linux" }), "16");
  assert.equal(level({ TERM: "dumb", COLORTERM: "truecolor" }), "none");
  assert.equal(level({}), "none");
  assert.equal(level({ TERM: "xterm-256color", NO_COLOR: "1" }), "none");
  assert.equal(level({ TERM: "xterm-256color", NO_COLOR: "" }), "256");
  assert.equal(level({ TERM: "xterm-256color", COLORTERM: "truecolor" }, false), "none");
});

Deno.test("styles nest, and can be taken off", () => {
  const { bold, red } = createStyles("16");
  assert.equal(bold(`a${red("b")}`), "\x1b[1ma\x1b[31mb\x1b[39m\x1b[22m");
  assert.equal(stripStyle(bold(`a${red("b")}`)), "ab");
  assert.equal(bold(""), "");
});

Deno.test("without colours nothing is put around a text", () => {
  const { bold, named } = createStyles("none");
  assert.equal(bold(named("1001")("Alice")), "Alice");
});

/** The contrast of two colours as WCAG 2 defines it, from 1 to 21. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const luminance = (color: readonly number[]) => {
    const [red = 0, green = 0, blue = 0] = color.map((value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const accounts = Array.from({ length: 2000 }, (_, index) => `${1000 + index}`);

for (const level of ["256", "truecolor"] satisfies readonly ColorLevel[]) {
  Deno.test(`with ${level} colours every name can be read on black and on white`, () => {
    const { named } = createStyles(level);
    const cube = [0, 95, 135, 175, 215, 255];
    const used = new Set(accounts.map((account) => Number(/38;5;(\d+)m/.exec(named(account)("x"))?.[1])));
    assert.equal(used.size, 16);
    for (const index of used) {
      const [red, green, blue] = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6];
      const color = [cube[red] ?? 0, cube[green] ?? 0, cube[blue] ?? 0];
      assert.ok(contrast(color, [0, 0, 0]) > 3.7 && contrast(color, [255, 255, 255]) > 3.7, `${index}`);
    }
  });
}

Deno.test("a name keeps its colour, and neighbours differ", () => {
  const { named } = createStyles("256");
  assert.equal(named("1001")("x"), createStyles("256").named("1001")("x"));
  const differing = accounts.filter((account, index) => named(account)("x") !== named(accounts[index + 1] ?? "")("x"));
  assert.ok(differing.length > accounts.length * 0.8);
});
