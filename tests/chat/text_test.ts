import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanFileName, isFileName, textFault, utf8Length } from "../../lib/chat/text.ts";

Deno.test("the length of UTF-8 is what the encoder makes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const formed = text.toWellFormed();
    assert.equal(utf8Length(formed), new TextEncoder().encode(formed).length);
  }));
});

for (
  const [text, fault] of [
    ["hello", undefined],
    ["中文", undefined],
    ["\x1b[31m", undefined],
    ["", "text-empty"],
    [" \n\t\u3000", "text-empty"],
    ["a\ud800", "bad-text"],
    ["123456789", "text-too-long"],
    ["中文字", "text-too-long"],
    ["12345678", undefined],
    ["😀😀", undefined],
  ] as const
) {
  Deno.test(`${JSON.stringify(text)}: ${fault ?? "fine"}`, () => assert.equal(textFault(text, 8), fault));
}

for (const name of ["a.txt", "報告.pdf", "my photo (2).png", ".bashrc", "a..b", "😀.gif"]) {
  Deno.test(`${JSON.stringify(name)} names a file`, () => assert.ok(isFileName(name)));
}

for (const name of ["", " ", ".", "..", "a/b", "..\\x", "a\0", "a\nb", "a\x1b", "\u202Egnp.exe", "x".repeat(256)]) {
  Deno.test(`${JSON.stringify(name)} names no file`, () => assert.ok(!isFileName(name)));
}

Deno.test("any path gives a legal name, and a legal name stays", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (path) => assert.ok(isFileName(cleanFileName(path)))),
  );
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (name) => {
    if (isFileName(name)) assert.equal(cleanFileName(name), name);
  }));
  assert.equal(cleanFileName("/tmp/photos/sea.png"), "sea.png");
  assert.equal(cleanFileName("C:\\photos\\sea.png"), "sea.png");
  assert.equal(cleanFileName("../.."), "unnamed");
});
