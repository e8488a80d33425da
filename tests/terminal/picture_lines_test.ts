// deno-lint-ignore-file no-control-regex -- escape sequences are what is looked for
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
// @ts-types="../../lib/terminal/pngjs.d.ts"
import { PNG } from "pngjs";
import type { Graphics } from "../../lib/terminal/capabilities.ts";
import type { Picture } from "../../lib/terminal/picture.ts";
import { drawPicture } from "../../lib/terminal/picture_lines.ts";
import { scale } from "../../lib/terminal/scale.ts";
import { encodeSixel } from "../../lib/terminal/sixel.ts";

/** A picture whose every pixel says where it is, with a hole at its beginning. */
function gradient(width: number, height: number): Picture {
  const rgba = new Uint8Array(width * height * 4);
  for (let index = 0; index < width * height; index++) {
    const [x, y] = [index % width, Math.floor(index / width)];
    rgba.set([Math.round(x / width * 255), Math.round(y / height * 255), 128, index === 0 ? 0 : 255], index * 4);
  }
  return { width, height, rgba };
}

const cell = { width: 10, height: 20 };
const draw = (picture: Picture, graphics: Graphics) =>
  drawPicture(picture, { graphics, cell, columns: 20, rows: 5, level: "truecolor", id: 0x123456 });

/** Reads sixels back: the colour of each pixel, from 0 to 100, or nothing. */
function readSixel(text: string): { width: number; height: number; pixels: (string | undefined)[] } {
  const [, w, h, body = ""] = /^\x1bP0;1q"1;1;(\d+);(\d+)([^]*)\x1b\\$/.exec(text) ?? [];
  const [width, height] = [Number(w), Number(h)];
  const pixels: (string | undefined)[] = Array(width * height).fill(undefined);
  const palette = new Map<string, string>();
  let [x, top, color] = [0, 0, ""];
  for (
    const [token, definition, number, rgb, select, count, character] of body.matchAll(
      /(#(\d+);2;([\d;]+))|#(\d+)|(?:!(\d+))?([?-~])|[$-]/g,
    )
  ) {
    if (definition !== undefined) palette.set(number ?? "", rgb ?? "");
    else if (select !== undefined) color = select;
    else if (token === "$") x = 0;
    else if (token === "-") [x, top] = [0, top + 6];
    else {
      const bits = (character ?? "?").charCodeAt(0) - 63;
      for (let run = Number(count ?? 1); run > 0; run--, x++) {
        for (let bit = 0; bit < 6; bit++) if (bits >> bit & 1) pixels[(top + bit) * width + x] = palette.get(color);
      }
    }
  }
  return { width, height, pixels };
}

Deno.test("sixels say every pixel, near its colour, and nothing where the picture is transparent", () => {
  const picture = gradient(23, 20);
  const { width, height, pixels } = readSixel(encodeSixel(picture));
  assert.deepEqual([width, height, pixels.length], [23, 20, 460]);
  assert.equal(pixels[0], undefined);
  pixels.forEach((pixel, index) => {
    if (index === 0) return;
    const [red = -99, green = -99] = (pixel ?? "").split(";").map(Number);
    assert.ok(Math.abs(red - (picture.rgba[index * 4] ?? 0) / 2.55) <= 20, `${index}: ${pixel}`);
    assert.ok(Math.abs(green - (picture.rgba[index * 4 + 1] ?? 0) / 2.55) <= 20, `${index}: ${pixel}`);
  });
});

Deno.test("a line of sixels is one row high, and the last one is filled up with nothing", () => {
  const { lines, setup } = draw(gradient(400, 150), "sixel");
  assert.equal(setup, undefined);
  const strips = lines.map(readSixel);
  assert.deepEqual(strips.map(({ width, height }) => [width, height]), Array(4).fill([200, 20]));
  assert.equal(strips[3]?.pixels.at(-1), undefined, "75 pixels are three rows and three quarters");
  assert.notEqual(strips[3]?.pixels[0], undefined);
});

Deno.test("iTerm2 gets a strip as a PNG of a row's height", () => {
  const { lines } = draw(gradient(400, 150), "iterm2");
  assert.equal(lines.length, 4);
  for (const line of lines) {
    const [, data = ""] =
      /^\x1b\]1337;File=inline=1;width=20;height=1;preserveAspectRatio=0:([\w+/=]+)\x07$/.exec(line) ?? [];
    const { width, height } = PNG.sync.read(Buffer.from(data, "base64"));
    assert.deepEqual([width, height], [200, 20]);
  }
});

Deno.test("kitty is sent the picture in pieces, and its lines are placeholders of its size", () => {
  const { lines, setup = "" } = draw(gradient(400, 150), "kitty");
  const pieces = [...setup.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)];
  assert.match(pieces[0]?.[1] ?? "", /^a=T,U=1,i=1193046,f=100,c=20,r=4,q=2,m=[01]$/);
  assert.ok(pieces.every(([, , data = ""]) => data.length <= 4096));
  const { width } = PNG.sync.read(Buffer.from(pieces.map(([, , data]) => data).join(""), "base64"));
  assert.equal(width, 200);
  assert.equal(lines.length, 4);
  for (const line of lines) assert.equal(line.split("\u{10eeee}").length - 1, 20);
  assert.ok(lines[0]?.startsWith("\x1b[38;2;18;52;86m\u{10eeee}\u0305\u{10eeee}"));
  assert.equal(new Set(lines).size, 4);
});

Deno.test("a small picture keeps its size, and half blocks are text", () => {
  assert.equal(draw(gradient(10, 20), "sixel").lines.length, 1);
  assert.equal(draw(gradient(400, 150), "blocks").lines.length, 4);
});

Deno.test("scaling keeps plain colours plain, either way", () => {
  const plain = { width: 2, height: 2, rgba: new Uint8Array(16).fill(200) };
  for (const size of [{ width: 1, height: 1 }, { width: 5, height: 3 }]) {
    assert.deepEqual(new Set(scale(plain, size).rgba), new Set([200]));
  }
});
