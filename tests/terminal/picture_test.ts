import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { decodePicture, type Picture } from "../../lib/terminal/picture.ts";
import { readPictureSize } from "../../lib/terminal/picture_size.ts";
import { makePng, pngOf } from "./pictures.ts";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => typeof part === "string" ? [...part].map((character) => character.charCodeAt(0)) : part),
  );

const square = { width: 5, height: 3, colorType: 6, depth: 8, pixel: () => [1, 2, 3, 255] } as const;

const someJpeg = (width = 8, height = 8): Uint8Array => {
  const data = new Uint8Array(width * height * 4).fill(255);
  // The left half is red, the rest blue.
  for (let index = 0; index < width * height; index++) {
    data.set(index % width < width / 2 ? [255, 0, 0] : [0, 0, 255], index * 4);
  }
  return jpeg.encode({ width, height, data }, 95).data;
};

/** A JPEG with an EXIF segment that says how it was held. */
function withOrientation(picture: Uint8Array, orientation: number, bigEndian: boolean): Uint8Array {
  const tiff = bigEndian
    ? bytes("MM", [0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0])
    : bytes("II", [42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
  const exif = bytes("Exif\0\0", [...tiff]);
  return bytes([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2], [...exif], [...picture.subarray(2)]);
}

Deno.test("the size stands in the header of every kind of picture", () => {
  const cases: readonly (readonly [Uint8Array, string, number, number])[] = [
    [makePng(square), "png", 5, 3],
    [someJpeg(17, 9), "jpeg", 17, 9],
    [withOrientation(someJpeg(17, 9), 6, true), "jpeg", 17, 9],
    [bytes("GIF89a", [0x40, 1, 0xf0, 0]), "gif", 320, 240],
    [bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", new Array(8).fill(0), [0x3f, 1, 0, 0xef, 0, 0]), "webp", 320, 240],
    [bytes("RIFF", [0, 0, 0, 0], "WEBPVP8L", [0, 0, 0, 0, 0x2f, 0x3f, 0xc1, 0x3b, 0, 0, 0, 0, 0, 0]), "webp", 320, 240],
    [bytes("RIFF", [0, 0, 0, 0], "WEBPVP8 ", new Array(10).fill(0), [0x40, 1, 0xf0, 0]), "webp", 320, 240],
    [bytes("BM", new Array(12).fill(0), [40, 0, 0, 0, 0x40, 1, 0, 0, 0x10, 0xff, 0xff, 0xff]), "bmp", 320, 240],
    [bytes("BM", new Array(12).fill(0), [12, 0, 0, 0, 0x40, 1, 0xf0, 0, 0, 0, 0, 0]), "bmp", 320, 240],
  ];
  for (const [data, format, width, height] of cases) assert.deepEqual(readPictureSize(data), { format, width, height });
});

Deno.test("what is no picture has no size, and neither has half a header", () => {
  for (const data of [bytes(), bytes("hello"), bytes("\x89PNG\r\n\x1a\n"), bytes("BM"), bytes("RIFF....WAVE")]) {
    assert.equal(readPictureSize(data), undefined);
  }
  const picture = someJpeg();
  assert.equal(readPictureSize(picture.subarray(0, 30)), undefined);
  assert.equal(readPictureSize(makePng({ ...square, width: 0 })), undefined);
});

const starts = [
  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
  "\xff\xd8\xff",
  "GIF89a",
  "RIFF....WEBPVP8 ",
  "RIFF....WEBPVP8X",
  "BM",
];

Deno.test("no bytes make reading a size or decoding throw", async () => {
  const data = fc.tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 60 }))
    .map(([start, rest]) => bytes(start, [...rest]));
  await fc.assert(fc.asyncProperty(data, async (data) => {
    readPictureSize(data);
    await decodePicture(data, { maxPixels: 10_000 });
  }));
});

async function decoded(data: Uint8Array): Promise<Picture> {
  const result = await decodePicture(data);
  assert.ok(result.ok, result.ok ? "" : result.code);
  return result.picture;
}

async function refusal(data: Uint8Array, maxPixels = 10_000): Promise<string> {
  const result = await decodePicture(data, { maxPixels });
  return result.ok ? "decoded" : result.code;
}

const pixelOf = ({ rgba, width }: Picture, x: number, y: number) => [...rgba.slice((y * width + x) * 4).slice(0, 4)];

const kinds = [
  {
    name: "RGBA",
    colorType: 6,
    depth: 8,
    pixel: (x: number, y: number) => [x * 10, y * 10, 7, 128],
    last: [40, 20, 7, 128],
  },
  {
    name: "RGBA of 16 bits",
    colorType: 6,
    depth: 16,
    pixel: () => [0xffff, 0x8080, 0, 0xffff],
    last: [255, 128, 0, 255],
  },
  { name: "RGB", colorType: 2, depth: 8, pixel: () => [1, 2, 3], last: [1, 2, 3, 255] },
  { name: "grey of 1 bit", colorType: 0, depth: 1, pixel: (x: number) => [x % 2], last: [0, 0, 0, 255] },
  { name: "grey of 16 bits", colorType: 0, depth: 16, pixel: () => [0x4040], last: [64, 64, 64, 255] },
  { name: "grey with alpha", colorType: 4, depth: 8, pixel: () => [9, 99], last: [9, 9, 9, 99] },
  { name: "a palette of 2 bits", colorType: 3, depth: 2, pixel: (x: number) => [x % 3], last: [0, 255, 0, 255] },
] as const;

for (const { name, last, ...kind } of kinds) {
  for (const interlaced of [false, true]) {
    Deno.test(`a PNG in ${name}${interlaced ? ", interlaced" : ""}`, async () => {
      const palette = kind.colorType === 3 ? { palette: [255, 0, 0, 0, 255, 0, 0, 0, 255] } : {};
      const picture = await decoded(makePng({ width: 5, height: 3, interlaced, ...kind, ...palette }));
      assert.deepEqual([picture.width, picture.height, picture.rgba.length], [5, 3, 60]);
      assert.deepEqual(pixelOf(picture, 4, 2), last);
    });
  }
}

Deno.test("a JPEG", async () => {
  const picture = await decoded(someJpeg());
  assert.deepEqual([picture.width, picture.height], [8, 8]);
  const [red = 0, green = 0, blue = 0, alpha] = pixelOf(picture, 1, 1);
  assert.ok(red > 240 && green < 15 && blue < 15 && alpha === 255);
});

/** Where the red half of the picture is when it has been turned. */
const sides = ["", "left", "right", "right", "left", "top", "top", "bottom", "bottom"] as const;

for (let orientation = 1; orientation <= 8; orientation++) {
  Deno.test(`a JPEG that was held as EXIF orientation ${orientation} says is turned upright`, async () => {
    const picture = await decoded(withOrientation(someJpeg(32, 16), orientation, orientation % 2 === 0));
    assert.deepEqual([picture.width, picture.height], orientation >= 5 ? [16, 32] : [32, 16]);
    const isRed = (x: number, y: number) => (pixelOf(picture, x, y)[0] ?? 0) > 128;
    const { width, height } = picture;
    const corners = [isRed(0, 0), isRed(width - 1, 0), isRed(0, height - 1), isRed(width - 1, height - 1)];
    const wanted = {
      "": [],
      left: [true, false, true, false],
      right: [false, true, false, true],
      top: [true, true, false, false],
      bottom: [false, false, true, true],
    }[sides[orientation] ?? ""];
    assert.deepEqual(corners, wanted);
  });
}

Deno.test("a picture larger than allowed is refused by its header", async () => {
  assert.equal(await refusal(makePng(square), 14), "too-large");
  assert.equal(await refusal(makePng(square), 15), "decoded");
  const header = bytes([0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 8, 6, 0, 0, 0]);
  assert.equal(await refusal(pngOf(header, bytes())), "too-large");
  assert.equal(await refusal(someJpeg(101, 100)), "too-large");
});

Deno.test("an interlaced picture that holds more than its header says is not unpacked", async () => {
  const bomb = deflateSync(new Uint8Array(10_000_000));
  assert.equal(await refusal(pngOf(bytes([0, 0, 0, 10, 0, 0, 0, 10, 8, 6, 0, 0, 1]), bomb)), "damaged");
});

Deno.test("a JPEG that goes over itself without end is not decoded", async () => {
  const picture = someJpeg();
  const scans = Array.from({ length: 200 }, () => [0xff, 0xda, 0, 2]).flat();
  assert.equal(await refusal(bytes([...picture.subarray(0, -2)], scans, [0xff, 0xd9])), "damaged");
});

Deno.test("a picture that is cut off or damaged is refused, or drawn as far as it goes; nothing throws", async () => {
  for (const picture of [makePng({ ...square, width: 40, height: 40 }), someJpeg(40, 40)]) {
    for (let length = 0; length < picture.length; length += 7) await decodePicture(picture.subarray(0, length));
    for (let at = 0; at < picture.length; at += 5) {
      const damaged = picture.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      await decodePicture(damaged, { maxPixels: 100_000 });
    }
  }
  assert.equal(await refusal(makePng(square).subarray(0, 50)), "damaged");
});

Deno.test("other kinds say that they cannot be drawn", async () => {
  const result = await decodePicture(bytes("GIF89a", [1, 0, 1, 0]));
  assert.deepEqual(result, {
    ok: false,
    code: "unsupported",
    size: { format: "gif", width: 1, height: 1 },
  });
  assert.equal(await refusal(bytes("hello")), "unknown");
});
