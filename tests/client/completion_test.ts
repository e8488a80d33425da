import assert from "node:assert/strict";
import { alice, member, ming } from "./people.ts";
import { commandChoices, complete, pathBefore, pathChoices } from "../../lib/client/completion.ts";
import { parseSlash } from "../../lib/client/slash.ts";

const members = [member(alice), member(ming), member({ account: 1003, name: "Al Capone" })];

/** What tab makes of a text; the caret is at `|`, or at the end. */
function tab(marked: string, entries?: readonly string[]): string {
  const caret = marked.includes("|") ? marked.indexOf("|") : marked.length;
  const text = marked.replace("|", "");
  const choices = entries ? pathChoices(text, caret, entries) : commandChoices(text, caret, members);
  const completion = complete(text, choices);
  return completion ? text.slice(0, completion.start) + completion.text + text.slice(completion.end) : text;
}

Deno.test("a command is completed at the beginning of the line only", () => {
  assert.equal(tab("/wh"), "/who ");
  assert.equal(tab("/h"), "/h");
  assert.equal(tab("/hi"), "/history ");
  assert.equal(tab("see /wh"), "see /wh");
  assert.equal(tab("hello"), "hello");
});

Deno.test("a name is completed anywhere, in its own spelling", () => {
  assert.equal(tab("hi @ALI"), "hi @Alice ");
  assert.equal(tab("@小"), "@小明 ");
  assert.equal(tab("你好@小"), "你好@小明 ");
  assert.equal(tab("@Ali| how are you"), "@Alice  how are you");
  assert.equal(tab("@nobody"), "@nobody");
  assert.equal(tab("alice"), "alice");
});

Deno.test("a command about somebody is completed by their name, and by what can stand at its end", () => {
  assert.equal(tab("/mute ali"), "/mute Alice ");
  assert.equal(tab("/role @小"), "/role @小明 ");
  assert.equal(tab("/role Alice m"), "/role Alice m");
  assert.equal(tab("/role Alice mo"), "/role Alice moderator");
  assert.equal(tab("/role Al Cap"), "/role Al Capone ");
  assert.equal(tab("/role Al Capone o"), "/role Al Capone owner");
  assert.deepEqual(commandChoices("/readonly ", 10, members).words, ["on", "off"]);
  assert.equal(tab("/readonly of"), "/readonly off");
  assert.equal(tab("/slow o"), "/slow off");
  assert.equal(tab("/slow 3"), "/slow 3");
});

Deno.test("several choices are completed as far as they agree", () => {
  assert.deepEqual(commandChoices("/h", 2, members).words, ["/help", "/history"]);
  assert.equal(tab("@a"), "@Al");
});

Deno.test("a path is what stands behind /image or /file, spaces and all", () => {
  assert.deepEqual(pathBefore("/file my pic", 12), { start: 6, path: "my pic" });
  assert.deepEqual(pathBefore(String.raw`/image a\ b`, 11), { start: 7, path: "a b" });
  assert.deepEqual(pathBefore("/image ", 7), { start: 7, path: "" });
  assert.equal(pathBefore("/save 1", 7), undefined);
  assert.equal(pathBefore("/image", 6), undefined);
});

Deno.test("a path is completed from the entries of its folder", () => {
  assert.equal(tab("/file ", ["only.txt"]), "/file only.txt");
  assert.equal(tab("/file a/b/n", ["notes/", "other"]), "/file a/b/notes/");
  assert.equal(tab("/file my ", ["my holiday.png", "your"]), "/file my holiday.png");
  assert.equal(tab("/file i", ["img1.png", "img2.png"]), "/file img");
  assert.equal(tab("/file 海", ["海边.png"]), "/file 海边.png");
  assert.equal(tab("/file x", ["y"]), "/file x");
});

Deno.test("hidden files are offered only to who writes the dot", () => {
  assert.equal(tab("/file ", [".secret"]), "/file ");
  assert.equal(tab("/file .s", [".secret"]), "/file .secret");
});

Deno.test("a completed path is read back as the file's name, backslashes and all", () => {
  const name = String.raw`odd\name (1).txt`;
  assert.deepEqual(parseSlash(tab("/file odd", [name])), { type: "file", path: name });
});
