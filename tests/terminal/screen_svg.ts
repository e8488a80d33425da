/**
 * A terminal's screen as an SVG: one small picture for the backgrounds and half blocks, two pixels a cell, and the text
 * above it in runs that are held to their columns whatever font there is.
 */
import { Buffer } from "node:buffer";
// @ts-types="../../lib/terminal/pngjs.d.ts"
import { PNG } from "pngjs";
import type { Vt } from "./vt.ts";

type Cell = ReturnType<Vt["cells"]> extends Generator<infer Item> ? Item extends { cell: infer C } ? C : never : never;

const CELL = { width: 8, height: 17, text: 13 } as const;
const PAPER = 0x14181f, INK = 0xd5d8de;
const PALETTE = [
  ...[0x2a2f38, 0xe0616b, 0x7fc27f, 0xd9b25f, 0x6aa3e8, 0xc38be0, 0x5fc0c9, 0xd5d8de],
  ...[0x6b7280, 0xf28b93, 0xa3d9a3, 0xf0d08a, 0x93c0f5, 0xdab0f0, 0x8edde4, 0xffffff],
] as const;

/** One of the 256 colours. */
function indexed(index: number): number {
  if (index < 16) return PALETTE[index] ?? INK;
  if (index >= 232) return (8 + 10 * (index - 232)) * 0x010101;
  const channel = (step: number) => step === 0 ? 0 : 55 + 40 * step;
  const [red, green, blue] = [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6];
  return channel(red) << 16 | channel(green) << 8 | channel(blue);
}

function colorsOf(cell: Cell): { readonly ink: number; readonly paper: number } {
  const ink = cell.isFgRGB() ? cell.getFgColor() : cell.isFgPalette() ? indexed(cell.getFgColor()) : INK;
  const paper = cell.isBgRGB() ? cell.getBgColor() : cell.isBgPalette() ? indexed(cell.getBgColor()) : PAPER;
  return cell.isInverse() ? { ink: paper, paper: ink } : { ink, paper };
}

interface Run {
  readonly row: number;
  readonly column: number;
  columns: number;
  text: string;
  readonly look: string;
}

export function toSvg(vt: Vt, { cursor = true } = {}): string {
  const { columns, rows } = vt.size;
  const pixels = Buffer.alloc(columns * rows * 2 * 4);
  const paint = (column: number, half: number, color: number) =>
    pixels.writeUInt32BE(color * 256 + 255, (half * columns + column) * 4);
  const runs: Run[] = [];
  for (const { row, column, cell } of vt.cells()) {
    const { ink, paper } = colorsOf(cell);
    const text = cell.getChars();
    paint(column, row * 2, text === "▀" ? ink : paper);
    paint(column, row * 2 + 1, text === "▄" ? ink : paper);
    if (text.trim() === "" || text === "▀" || text === "▄") continue;
    const color = cell.isDim() ? mix(ink, paper) : ink;
    const look = `fill="${hex(color)}"${cell.isBold() ? ' font-weight="bold"' : ""}` +
      (cell.isUnderline() ? ' text-decoration="underline"' : "");
    const last = runs.at(-1);
    const wide = cell.getWidth() > 1;
    // Wide characters stand alone: fonts disagree about them.
    if (
      last && !wide && last.row === row && last.look === look && last.column + last.columns === column &&
      last.columns !== 2
    ) {
      last.columns++;
      last.text += text;
    } else runs.push({ row, column, columns: cell.getWidth(), text, look });
  }
  const png = PNG.sync.write({ width: columns, height: rows * 2, data: pixels }).toString("base64");
  const [width, height] = [columns * CELL.width, rows * CELL.height];
  const lines = runs.map(({ row, column, columns, text, look }) => {
    const place = `x="${column * CELL.width}" y="${row * CELL.height + CELL.text}" textLength="${
      columns * CELL.width
    }"`;
    return `<text ${place} lengthAdjust="spacingAndGlyphs" ${look}>${escape(text)}</text>`;
  });
  const { row, column } = vt.cursor;
  const caret = `<rect x="${column * CELL.width}" y="${row * CELL.height}" width="2" height="${CELL.height}" fill="${
    hex(INK)
  }"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<image width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`,
    `<g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace" font-size="13" xml:space="preserve">`,
    ...lines,
    ...(cursor ? [caret] : []),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

const hex = (color: number): string => `#${color.toString(16).padStart(6, "0")}`;
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function mix(front: number, back: number): number {
  const channel = (shift: number) =>
    Math.round(((front >> shift & 0xff) * 3 + (back >> shift & 0xff) * 2) / 5) << shift;
  return channel(16) | channel(8) | channel(0);
}
