/**
 * Decoding pictures that strangers have sent.
 *
 * A picture is refused by what its header says before anything is allocated for it, and decoding never takes more than
 * the header promised: a few kilobytes cannot become gigabytes, or minutes. It blocks its thread for 60 to 160 ns a pixel; a
 * caller that cannot wait for that puts it into a worker.
 */
import { Buffer } from "node:buffer";
import jpeg from "jpeg-js";
// @ts-types="./pngjs.d.ts"
import { PNG } from "pngjs";
import { jpegOrientation } from "./jpeg_segments.ts";
import { type PictureSize, readPictureSize } from "./picture_size.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, row by row from the top: red, green, blue, and alpha (255 is opaque). */
  readonly rgba: Uint8Array;
}

export type DecodeResult =
  | { readonly ok: true; readonly picture: Picture }
  | { readonly ok: false } & Undrawable;

/** Why a picture cannot be drawn, and what its header says of it, if anything. */
export interface Undrawable {
  readonly code: "unknown" | "unsupported" | "too-large" | "damaged";
  readonly size?: PictureSize;
}

export interface DecodeOptions {
  /** Default 40 million. */
  readonly maxPixels?: number;
}

const MAX_PIXELS = 40_000_000;
/** What jpeg-js may use: coefficients (4 bytes a sample, 3 samples), samples and the result, with room for rounding. */
const JPEG_BYTES_A_PIXEL = 24;
/** A progressive JPEG takes about ten; each goes over the whole picture, however few bytes it has. */
const MAX_SCANS = 100;
const JPEG_BYTES_ANYWAY = 16 * 1024 * 1024;

/** Decodes a PNG or a JPEG, turned the right way up. */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS }: DecodeOptions = {},
): Promise<DecodeResult> {
  const size = readPictureSize(bytes);
  if (size === undefined) return { ok: false, code: "unknown" };
  const { format, width, height } = size;
  if (format !== "png" && format !== "jpeg") return { ok: false, code: "unsupported", size };
  if (width * height > maxPixels) return { ok: false, code: "too-large", size };
  try {
    return { ok: true, picture: format === "png" ? await decodePng(bytes) : decodeJpeg(bytes, width * height) };
  } catch {
    // The decoders throw whatever they stumble over; all of it means the same to whoever wanted to see the picture.
    return { ok: false, code: "damaged", size };
  }
}

async function decodePng(bytes: Uint8Array): Promise<Picture> {
  await checkInterlaced(bytes);
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return { width, height, rgba: data };
}

/**
 * Throws when an interlaced PNG holds more than its header says: pngjs inflates those, and only those, without a limit.
 * Such pictures are rare, and inflating twice is the lesser part of decoding.
 */
async function checkInterlaced(bytes: Uint8Array): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 29 || view.getUint8(28) === 0) return;
  // At most 8 bytes a pixel, and in each of seven passes a byte before each row.
  let left = 8 * view.getUint32(16) * view.getUint32(20) + 16 * (view.getUint32(20) + 8);
  const inflated = ReadableStream.from(imageData(bytes)).pipeThrough(new DecompressionStream("deflate"));
  for await (const chunk of inflated) {
    left -= chunk.length;
    if (left < 0) throw new RangeError("Cannot decode the picture: there is more of it than its header says");
  }
}

/** A piece of compressed data becomes at most a thousand times as much, all of it at once. */
const INFLATED_AT_ONCE = 4096;

/** The contents of a PNG's IDAT chunks, in small pieces. */
function* imageData(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 8; offset + 8 <= view.byteLength; offset += 12 + view.getUint32(offset)) {
    if (view.getUint32(offset + 4) !== 0x49444154) continue;
    const end = Math.min(bytes.length, offset + 8 + view.getUint32(offset));
    for (let at = offset + 8; at < end; at += INFLATED_AT_ONCE) {
      yield bytes.slice(at, Math.min(end, at + INFLATED_AT_ONCE));
    }
  }
}

function decodeJpeg(bytes: Uint8Array, pixels: number): Picture {
  if (countScans(bytes) > MAX_SCANS) throw new RangeError("Cannot decode the picture: it has too many scans");
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: true,
    maxResolutionInMP: (pixels + 1) / 1_000_000,
    maxMemoryUsageInMB: (JPEG_BYTES_ANYWAY + JPEG_BYTES_A_PIXEL * pixels) / (1024 * 1024),
  });
  return turn({ width, height, rgba: data }, jpegOrientation(bytes));
}

/** How often image data begins. Inside of image data a byte 0xFF never has this one behind it. */
function countScans(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda) count++;
  }
  return count;
}

/** Turns and mirrors a picture so that an EXIF orientation becomes upright. */
function turn(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width, height } = picture;
  const lying = orientation >= 5;
  const turned = { width: lying ? height : width, height: lying ? width : height };
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const source = new Uint32Array(picture.rgba.slice().buffer);
  const target = new Uint32Array(source.length);
  for (let y = 0, index = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++, index++) {
      const [across, along] = lying ? [y, x] : [x, y];
      const column = fromRight ? width - 1 - across : across;
      const row = fromBottom ? height - 1 - along : along;
      target[index] = source[row * width + column] ?? 0;
    }
  }
  return { ...turned, rgba: new Uint8Array(target.buffer) };
}
