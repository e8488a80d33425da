/** The segments in front of a JPEG's image data, and what its EXIF segment says about which way is up. */

export interface JpegSegment {
  /** The byte behind 0xFF. */
  readonly marker: number;
  /** Where the content begins, behind the length. */
  readonly start: number;
  /** Where it ends; past the end of the bytes when they are cut off. */
  readonly end: number;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;

/** The segments up to the image data, or to where the bytes stop making sense. */
export function* jpegSegments(view: DataView): Generator<JpegSegment> {
  let offset = 2;
  while (offset + 4 <= view.byteLength && view.getUint8(offset) === 0xff) {
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset++; // padding
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return;
    const length = view.getUint16(offset + 2);
    if (length < 2) return;
    yield { marker, start: offset + 4, end: offset + 2 + length };
    offset += 2 + length;
  }
}

/**
 * How a picture is stored, as EXIF counts it: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same lying on its
 * side. 1 when it does not say.
 */
export function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { marker, start, end } of jpegSegments(view)) {
    if (marker !== APP1 || end > view.byteLength || end - start < 14) continue;
    if (view.getUint32(start) !== 0x45786966) continue; // "Exif"
    return readOrientation(new DataView(bytes.buffer, bytes.byteOffset + start + 6, end - start - 6));
  }
  return 1;
}

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/** Reads a TIFF structure: byte order, offset of the first directory, and its entries. */
function readOrientation(tiff: DataView): number {
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return 1;
  const count = tiff.getUint16(directory, little);
  for (let index = 0; index < count; index++) {
    const entry = directory + 2 + index * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
