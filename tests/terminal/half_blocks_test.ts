import assert from "node:assert/strict";
import { type HalfBlockOptions, renderHalfBlocks } from "../../lib/terminal/half_blocks.ts";
import type { Picture } from "../../lib/terminal/picture.ts";
import { stripStyle } from "../../lib/terminal/style.ts";
import { displayWidth } from "../../lib/terminal/text.ts";

type Color = readonly [number, number, number, number];
const red: Color = [255, 0, 0, 255];
const blue: Color = [0, 0, 255, 255];
const clear: Color = [9, 9, 9, 0];

function picture(width: number, height: number, pixel: (x: number, y: number) => Color): Picture {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgba.set(pixel(x, y), (y * width + x) * 4);
  return { width, height, rgba };
}

const draw = (drawn: Picture, options: Partial<HalfBlockOptions> = {}) =>
  renderHalfBlocks(drawn, { columns: 40, rows: 20, level: "truecolor", ...options });

Deno.test("two pixels stand in one cell, and a colour is said once", () => {
  assert.deepEqual(draw(picture(2, 2, (_x, y) => y === 0 ? red : blue)), [
    "\x1b[38;2;255;0;0;48;2;0;0;255m▀▀\x1b[0m",
  ]);
});

Deno.test("where the picture is transparent the terminal shows", () => {
  const corners = picture(4, 2, (x, y) => (x === 0 || x === 1) && y === 0 || x === 2 && y === 1 ? red : clear);
  assert.deepEqual(draw(corners), ["\x1b[38;2;255;0;0m▀▀▄ \x1b[0m"]);
  const half = picture(1, 1, () => [255, 255, 255, 128]);
  assert.deepEqual(draw(half, { background: [0, 0, 0] }), ["\x1b[38;2;128;128;128m▀\x1b[0m"]);
  assert.deepEqual(draw(half), ["\x1b[38;2;255;255;255m▀\x1b[0m"]);
});

Deno.test("an odd height leaves the last half open", () => {
  assert.deepEqual(draw(picture(1, 3, () => red)), [
    "\x1b[38;2;255;0;0;48;2;255;0;0m▀\x1b[0m",
    "\x1b[38;2;255;0;0m▀\x1b[0m",
  ]);
});

Deno.test("proportions stay, and nothing is enlarged", () => {
  const size = (lines: readonly string[]) => [displayWidth(lines[0] ?? ""), lines.length];
  assert.deepEqual(size(draw(picture(400, 200, () => red))), [40, 10]);
  assert.deepEqual(size(draw(picture(200, 400, () => red))), [20, 20]);
  assert.deepEqual(size(draw(picture(8, 8, () => red))), [8, 4]);
  assert.deepEqual(size(draw(picture(1000, 1, () => red))), [40, 1]);
  assert.deepEqual(size(draw(picture(1, 1000, () => red))), [1, 20]);
});

Deno.test("a smaller picture is the average of the larger one", () => {
  const checks = picture(80, 80, (x, y) => (x + y) % 2 === 0 ? [255, 255, 255, 255] : [0, 0, 0, 255]);
  const lines = draw(checks);
  assert.deepEqual(new Set(lines), new Set([`\x1b[38;2;128;128;128;48;2;128;128;128m${"▀".repeat(40)}\x1b[0m`]));
});

Deno.test("what is transparent adds no colour to its neighbours", () => {
  const edge = picture(2, 2, (x) => x === 0 ? red : [0, 255, 0, 0]);
  assert.deepEqual(draw(edge, { columns: 1, rows: 1 }), ["\x1b[38;2;255;0;0m▀\x1b[0m"]);
});

Deno.test("256 colours are the nearest ones", () => {
  const one = (color: Color) => draw(picture(1, 1, () => color), { level: "256" })[0];
  assert.equal(one(red), "\x1b[38;5;196m▀\x1b[0m");
  assert.equal(one([128, 128, 128, 255]), "\x1b[38;5;244m▀\x1b[0m");
  assert.equal(one([0, 0, 0, 255]), "\x1b[38;5;16m▀\x1b[0m");
  assert.equal(one([95, 135, 175, 255]), "\x1b[38;5;67m▀\x1b[0m");
});

Deno.test("without colours there are shades", () => {
  const ramp = picture(5, 2, (x) => [x * 63, x * 63, x * 63, 255]);
  for (const level of ["none", "16"] as const) assert.deepEqual(draw(ramp, { level }), [" ░▒▓█"]);
});

Deno.test("no line is wider than asked", () => {
  for (let columns = 1; columns < 12; columns++) {
    for (const line of draw(picture(97, 31, () => red), { columns, rows: 5 })) {
      assert.ok(displayWidth(stripStyle(line)) <= columns);
    }
  }
});
