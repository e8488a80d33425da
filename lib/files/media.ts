/** What kind of picture some bytes are, told by how they begin: a sender's word or a file's ending proves nothing. */

/** Bytes that are enough to tell. */
export const MEDIA_PREFIX_BYTES = 16;

export const OTHER_MEDIA = "application/octet-stream";

const ascii = (bytes: Uint8Array, start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));

/** The media type of a PNG, JPEG, GIF, WebP or BMP picture; nothing for anything else. */
export function imageMedia(prefix: Uint8Array): string | undefined {
  if (ascii(prefix, 0, 8) === "\x89PNG\r\n\x1a\n") return "image/png";
  if (ascii(prefix, 0, 3) === "\xff\xd8\xff") return "image/jpeg";
  if (/^GIF8[79]a$/.test(ascii(prefix, 0, 6))) return "image/gif";
  if (ascii(prefix, 0, 4) === "RIFF" && ascii(prefix, 8, 12) === "WEBP") return "image/webp";
  // "BM" alone begins many a text: four reserved bytes behind the size are zero in a bitmap.
  if (ascii(prefix, 0, 2) === "BM" && ascii(prefix, 6, 10) === "\0\0\0\0") return "image/bmp";
  return undefined;
}
