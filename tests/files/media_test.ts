import assert from "node:assert/strict";
import { imageMedia, MEDIA_PREFIX_BYTES } from "../../lib/files/media.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const PICTURES = {
  "image/png": "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
  "image/jpeg": "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0",
  "image/gif": "GIF89a\x01\0\x01\0\x80\0\0\0\0\0",
  "image/webp": "RIFF\x24\0\0\0WEBPVP8 ",
  "image/bmp": "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0",
} as const;

Deno.test("a picture is told by its first bytes", () => {
  for (const [media, start] of Object.entries(PICTURES)) {
    const bytes = latin1(start);
    assert.ok(bytes.length <= MEDIA_PREFIX_BYTES);
    assert.equal(imageMedia(bytes), media);
    assert.equal(imageMedia(Uint8Array.from([...bytes, ...new Uint8Array(100)])), media);
  }
  assert.equal(imageMedia(latin1("GIF87a....")), "image/gif");
});

Deno.test("anything else is none, a beginning that is cut off included", () => {
  const others = [
    "",
    "\x89PN",
    "\xff\xd8",
    "GIF88a",
    "RIFF\x24\0\0\0WAVEfmt ",
    "BMW drivers",
    "<svg xmlns=",
    "%PDF-1.7",
  ];
  for (const text of others) assert.equal(imageMedia(latin1(text)), undefined, text);
});
