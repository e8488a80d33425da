import assert from "node:assert/strict";
import { isOrderName } from "../../lib/client/order.ts";
import fc from "fast-check";
import { LANGUAGES, textsOf } from "../../lib/client/texts.ts";
import { parseSlash, SLASH_COMMANDS } from "../../lib/client/slash.ts";

Deno.test("what does not begin with a slash is said as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }).filter((text) => !text.startsWith("/")), (text) => {
    assert.deepEqual(parseSlash(text), { type: "say", text });
  }));
});

Deno.test("a doubled slash says a text that begins with one", () => {
  assert.deepEqual(parseSlash("//etc/hosts"), { type: "say", text: "/etc/hosts" });
});

for (
  const [line, path] of [
    ["/image a.png", "a.png"],
    ["/image  my holiday.png  ", "my holiday.png"],
    [`/image "my holiday.png"`, "my holiday.png"],
    [`/image 'my holiday.png'`, "my holiday.png"],
    ["/image file:///home/a/my%20holiday.png", "/home/a/my holiday.png"],
    [String.raw`/image my\ holiday.png`, "my holiday.png"],
    [String.raw`/image it\'s\ \(1\).png`, "it's (1).png"],
    ["/image 照片/海 边.png", "照片/海 边.png"],
    [`/image say "x".png`, `say "x".png`],
  ] as const
) {
  Deno.test(`${line} sends ${path}`, () => assert.deepEqual(parseSlash(line), { type: "image", path }));
}

Deno.test("/save takes a number, with or without #, and a path", () => {
  assert.deepEqual(parseSlash("/save 3"), { type: "save", number: 3, path: undefined });
  assert.deepEqual(parseSlash("/save #3 my file"), { type: "save", number: 3, path: "my file" });
  assert.equal(parseSlash("/save three").type, "wrong");
  assert.equal(parseSlash("/save").type, "wrong");
});

Deno.test("/history takes a count", () => {
  assert.deepEqual(parseSlash("/history"), { type: "history", count: 50 });
  assert.deepEqual(parseSlash("/history 7"), { type: "history", count: 7 });
  assert.deepEqual(parseSlash("/history 0"), { type: "history", count: 1 });
  assert.equal(parseSlash("/history many").type, "wrong");
});

Deno.test("/image and /file ask which one", () => {
  for (const name of ["image", "file"]) {
    assert.deepEqual(parseSlash(`/${name} `), { type: "wrong", reason: `Say which: /${name} PATH` });
  }
});

Deno.test("this device is logged out, or another one, or all", () => {
  assert.deepEqual(parseSlash("/logout"), { type: "logout" });
  assert.deepEqual(parseSlash("/logout #3"), { type: "revoke", device: 3 });
  assert.deepEqual(parseSlash("/logout all"), { type: "revoke", device: undefined });
  assert.equal(parseSlash("/logout everything").type, "wrong");
});

Deno.test("what is no command is not sent, and says how it would be", () => {
  for (const line of ["/", "/nothing at all", "/HELP"]) assert.equal(parseSlash(line).type, "wrong");
  assert.match(JSON.stringify(parseSlash("/shrug")), /\/\/shrug/);
});

Deno.test("every command that help shows is understood, and explained in every language", () => {
  for (const { name } of SLASH_COMMANDS) {
    const argument = { quiet: "on", theme: "dark", lang: "zh", logout: "" }[name as string] ?? "1";
    assert.equal(parseSlash(`/${name} ${argument}`).type, isOrderName(name) ? "order" : name);
    for (const language of LANGUAGES) assert.notEqual(textsOf(language).commands[name], "");
  }
});
