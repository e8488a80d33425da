import assert from "node:assert/strict";
import fc from "fast-check";
import { formatSize, parseSize } from "../../lib/files/size.ts";

Deno.test("sizes as people write them", () => {
  const sizes = {
    "0": 0,
    "512": 512,
    "64K": 65_536,
    "64k": 65_536,
    "64KiB": 65_536,
    "64KB": 65_536,
    " 10M ": 10_485_760,
    "1.5G": 1_610_612_736,
    "2T": 2 ** 41,
    "0.5": 0,
    "7B": 7,
  };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseSize(text), bytes, text);
});

Deno.test("anything else is no size", () => {
  for (
    const text of [
      "",
      "K",
      "-1",
      "+1",
      "1e3",
      "1_000",
      "1,5G",
      "0x10",
      "64 Ki",
      "5P",
      ".5G",
      "1.G",
      "9999999T",
      "NaN",
      "١",
    ]
  ) {
    assert.equal(parseSize(text), undefined, text);
  }
});

Deno.test("every whole number of bytes is read back, and shown with at most four digits before its unit", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => {
    assert.equal(parseSize(String(bytes)), bytes);
    assert.match(formatSize(bytes), /^\d{1,4}(\.\d)? ([KMGT]i)?B$/);
  }));
  assert.deepEqual([0, 1023, 1024, 3_000_000, 2 ** 40].map(formatSize), [
    "0 B",
    "1023 B",
    "1.0 KiB",
    "2.9 MiB",
    "1.0 TiB",
  ]);
});
