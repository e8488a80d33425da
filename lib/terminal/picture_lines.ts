/**
 * A picture as lines that scroll like text, in whatever way the terminal draws pictures.
 *
 * Half blocks are text. kitty is sent the picture once, and its lines are placeholder characters that show parts of it. For
 * iTerm2's protocol and sixel the picture is cut into strips of one row each: a line is then an image of its own, which
 * appears, moves and goes with its row, and nothing has to be known about what is partly in sight.
 */
import { Buffer } from "node:buffer";
// @ts-types="./pngjs.d.ts"
import { PNG } from "pngjs";
import type { Cell, Graphics } from "./capabilities.ts";
import { type HalfBlockOptions, renderHalfBlocks } from "./half_blocks.ts";
import type { Picture } from "./picture.ts";
import { scale } from "./scale.ts";
import { encodeSixel } from "./sixel.ts";

export interface PictureOptions extends HalfBlockOptions {
  readonly graphics: Graphics;
  /** Pixels of a cell, where the terminal says so. */
  readonly cell?: Cell | undefined;
  /** A number of 24 bits that names the picture to kitty. */
  readonly id: number;
}

export interface PictureLines {
  readonly lines: readonly string[];
  /** To be written before the lines are. */
  readonly setup?: string;
}

const USUAL_CELL: Cell = { width: 10, height: 20 };

export function drawPicture(picture: Picture, options: PictureOptions): PictureLines {
  const { graphics, cell = USUAL_CELL, columns, rows } = options;
  if (graphics === "blocks") return { lines: renderHalfBlocks(picture, options) };
  const factor = Math.min(
    1,
    columns * cell.width / picture.width,
    Math.min(rows, MAX_ROWS) * cell.height / picture.height,
  );
  const size = {
    width: Math.max(1, Math.round(picture.width * factor)),
    height: Math.max(1, Math.round(picture.height * factor)),
  };
  const scaled = scale(picture, size);
  const cells = { columns: Math.ceil(size.width / cell.width), rows: Math.ceil(size.height / cell.height) };
  if (graphics === "kitty") return kitty(scaled, { ...cells, id: options.id & 0xffffff || 1 });
  const strips = Array.from(
    { length: cells.rows },
    (_, row) => strip(scaled, { ...cell, columns: cells.columns, row }),
  );
  return { lines: strips.map(graphics === "sixel" ? encodeSixel : (one) => iterm2(one, cells.columns)) };
}

/** One row of cells, filled up with nothing where the picture ends within it. */
function strip(
  { width, height, rgba }: Picture,
  place: Cell & { readonly columns: number; readonly row: number },
): Picture {
  const size = { width: place.columns * place.width, height: place.height };
  const pixels = new Uint8Array(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    const from = (place.row * place.height + y) * width * 4;
    if (place.row * place.height + y < height) pixels.set(rgba.subarray(from, from + width * 4), y * size.width * 4);
  }
  return { ...size, rgba: pixels };
}

const png = ({ width, height, rgba }: Picture): string =>
  PNG.sync.write({ width, height, data: Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength) }).toString(
    "base64",
  );

function iterm2(picture: Picture, columns: number): string {
  return `\x1b]1337;File=inline=1;width=${columns};height=1;preserveAspectRatio=0:${png(picture)}\x07`;
}

/** kitty's protocol hands data over in pieces of at most so many characters. */
const PIECE = 4096;
const PLACEHOLDER = "\u{10eeee}";
/** Marks that number the rows, from kitty's list (rowcolumn-diacritics.txt): the combining class 230 of Unicode 6.0. */
const ROW_MARKS = [
  ...[0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c, 0x350, 0x351, 0x352, 0x357],
  ...[0x35b, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36a, 0x36b, 0x36c, 0x36d, 0x36e, 0x36f, 0x483, 0x484],
  ...[0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59c, 0x59d, 0x59e, 0x59f, 0x5a0, 0x5a1],
] as const;
const MAX_ROWS = ROW_MARKS.length;

function kitty(
  picture: Picture,
  { id, columns, rows }: { readonly id: number; readonly columns: number; readonly rows: number },
): PictureLines {
  const data = png(picture);
  let setup = "";
  for (let at = 0; at < data.length; at += PIECE) {
    const more = at + PIECE < data.length ? 1 : 0;
    const head = at === 0 ? `a=T,U=1,i=${id},f=100,c=${columns},r=${rows},q=2,` : "";
    setup += `\x1b_G${head}m=${more};${data.slice(at, at + PIECE)}\x1b\\`;
  }
  // The colour names the picture; a placeholder without marks goes on from the one before it.
  const color = `\x1b[38;2;${id >> 16};${id >> 8 & 0xff};${id & 0xff}m`;
  const lines = Array.from(
    { length: rows },
    (_, row) =>
      `${color}${PLACEHOLDER}${String.fromCodePoint(ROW_MARKS[row] ?? 0x305)}${
        PLACEHOLDER.repeat(columns - 1)
      }\x1b[39m`,
  );
  return { setup, lines };
}
