/**
 * What kind of picture some bytes are, and how large it is, from its header alone: nothing is decoded, so that a picture
 * that would not fit into memory can be refused by its own word. The first 64 KiB nearly always say it.
 */
import { type JpegSegment, jpegSegments } from "./jpeg_segments.ts";

export interface PictureSize {
  readonly format: "png" | "jpeg" | "gif" | "webp" | "bmp";
  /** Pixels as they are stored. A JPEG may ask to be turned by a quarter when it is shown. */
  readonly width: number;
  readonly height: number;
}

/** The size of a PNG, JPEG, GIF, WebP or BMP; undefined for anything else, or when its header is broken or cut off. */
export function readPictureSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = readers.find(({ isIt }) => isIt(view))?.read(view);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

interface Reader {
  readonly isIt: (view: DataView) => boolean;
  readonly read: (view: DataView) => PictureSize | undefined;
}

/** Whether these characters stand at an offset. */
function says(view: DataView, offset: number, text: string): boolean {
  if (view.byteLength < offset + text.length) return false;
  return [...text].every((character, index) => view.getUint8(offset + index) === character.charCodeAt(0));
}

const readers: readonly Reader[] = [
  { isIt: (view) => says(view, 0, "\x89PNG\r\n\x1a\n"), read: readPng },
  { isIt: (view) => says(view, 0, "\xff\xd8\xff"), read: readJpeg },
  { isIt: (view) => says(view, 0, "GIF87a") || says(view, 0, "GIF89a"), read: readGif },
  { isIt: (view) => says(view, 0, "RIFF") && says(view, 8, "WEBP"), read: readWebp },
  { isIt: (view) => says(view, 0, "BM"), read: readBmp },
];

function readPng(view: DataView): PictureSize | undefined {
  if (view.byteLength < 24 || !says(view, 12, "IHDR")) return undefined;
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** A frame header is any of SOF0 to SOF15, except the three numbers in between that mean tables. */
const isFrame = ({ marker }: JpegSegment) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function readJpeg(view: DataView): PictureSize | undefined {
  for (const segment of jpegSegments(view)) {
    if (!isFrame(segment)) continue;
    if (segment.end - segment.start < 5 || segment.start + 5 > view.byteLength) return undefined;
    return { format: "jpeg", width: view.getUint16(segment.start + 3), height: view.getUint16(segment.start + 1) };
  }
  return undefined;
}

function readGif(view: DataView): PictureSize | undefined {
  if (view.byteLength < 10) return undefined;
  return { format: "gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function readWebp(view: DataView): PictureSize | undefined {
  if (view.byteLength < 30) return undefined;
  const uint24 = (offset: number) => view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  if (says(view, 12, "VP8X")) return { format: "webp", width: uint24(24) + 1, height: uint24(27) + 1 };
  if (says(view, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { format: "webp", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!says(view, 12, "VP8 ")) return undefined;
  // The upper two bits of each say how much to enlarge it, which nobody does.
  return { format: "webp", width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

function readBmp(view: DataView): PictureSize | undefined {
  if (view.byteLength < 26) return undefined;
  const header = view.getUint32(14, true);
  if (header === 12) return { format: "bmp", width: view.getUint16(18, true), height: view.getUint16(20, true) };
  if (header < 40) return undefined;
  // A negative height means that the rows stand from top to bottom.
  return { format: "bmp", width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}
