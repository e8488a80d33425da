import assert from "node:assert/strict";
import { resolve } from "../../lib/client/bindings.ts";
import { UsageError } from "../../lib/client/failure.ts";
import { readPreferences } from "../../lib/client/preferences.ts";
import { createTheme } from "../../lib/client/theme.ts";

const read = (text: string, flags = {}, env: Readonly<Record<string, string>> = {}) =>
  readPreferences(flags, { env: (name) => env[name], text, path: "config" });

Deno.test("a flag is stronger than the file, that than the environment", () => {
  assert.equal(read("", {}, { LANG: "zh_CN.UTF-8" }).language, "zh");
  assert.equal(read("LANG=en", {}, { LANG: "zh_CN.UTF-8" }).language, "en");
  assert.equal(read("LANG=en", { lang: "zh" }).language, "zh");
  assert.equal(read("", {}, { LC_ALL: "C", LANG: "zh_CN.UTF-8" }).language, "en");
  const { images, scheme } = read("IMAGES=sixel\nTHEME=light");
  assert.deepEqual([images, scheme], ["sixel", "light"]);
});

Deno.test("keys can be bound, unbound, and stand for others", () => {
  const { bindings } = read("KEY_CTRL_G=search\nKEY_F2=none\nKEY_CTRL_T=ctrl-w");
  assert.deepEqual(resolve(bindings, "ctrl-g"), { action: "search" });
  assert.deepEqual(resolve(bindings, "f2"), { chord: "f2" });
  assert.deepEqual(resolve(bindings, "ctrl-t"), { chord: "ctrl-w" });
  assert.deepEqual(resolve(bindings, "page-up"), { action: "scroll-up" });
});

Deno.test("colours can be changed, and without colours there are none", () => {
  const { theme } = read('COLOR_MENTION="bold #ffcc00 on black"');
  assert.equal(createTheme({ ...theme, level: "256" }).mention("x"), "\x1b[1;38;2;255;204;0;40mx\x1b[22;39;49m");
  assert.equal(createTheme({ ...theme, level: "none" }).mention("x"), "x");
});

for (const text of ["THEME=pink", "COLOR_MENTION=loud", "COLOR_NOTHING=red", "VOLUME=11", "no line at all"]) {
  Deno.test(`"${text}" is refused by its place`, () => assert.throws(() => read(text), UsageError));
}
