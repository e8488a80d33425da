/** Makes PNGs of every kind that the format knows, for tests; JPEGs come from jpeg-js. */
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colorType: number;
  readonly depth: number;
  readonly interlaced?: boolean;
  readonly palette?: readonly number[];
  /** The samples of a pixel, each a number of `depth` bits. */
  readonly pixel: (x: number, y: number) => readonly number[];
}

/** Where the pixels of the seven passes of an interlaced picture begin, and how far they are apart. */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
  0,
  1,
  1,
  2,
]] as const;

export function makePng(options: PngOptions): Uint8Array {
  const { width, height, colorType, depth, interlaced = false, palette } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
  const passes = interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  const data = passes.flatMap(([x, y, right, down]) => scanLines(options, { x, y, right, down }));
  return pngOf(header, deflateSync(Uint8Array.from(data)), palette);
}

/** A PNG of any header and compressed data, fitting or not. */
export function pngOf(header: Uint8Array, compressed: Uint8Array, palette?: readonly number[]): Uint8Array {
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    chunk("IDAT", compressed),
    chunk("IEND", new Uint8Array()),
  ]);
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly down: number;
}

function scanLines({ width, height, depth, pixel }: PngOptions, pass: Pass): readonly number[] {
  const bytes: number[] = [];
  if (pass.x >= width) return bytes;
  for (let y = pass.y; y < height; y += pass.down) {
    let bits = "";
    for (let x = pass.x; x < width; x += pass.right) {
      for (const sample of pixel(x, y)) bits += sample.toString(2).padStart(depth, "0");
    }
    bytes.push(0); // no filter
    for (let at = 0; at < bits.length; at += 8) bytes.push(parseInt(bits.slice(at, at + 8).padEnd(8, "0"), 2));
  }
  return bytes;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
