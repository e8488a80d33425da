import assert from "node:assert/strict";
import { join } from "node:path";
import { expandHome, folderEntries, savePlace } from "../../lib/client/local_paths.ts";
import { temporaryFolder } from "../support/server.ts";

/** Where a file is saved, relative to a folder that holds `docs/` and `a.txt`. */
async function saved(given: string, name: string): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  await Deno.mkdir(join(folder, "docs"));
  await Deno.writeTextFile(join(folder, "a.txt"), "there");
  await Deno.writeTextFile(join(folder, "docs", "b.txt"), "there");
  const place = await savePlace(join(folder, given), name);
  return place.path().slice(folder.length + 1);
}

for (
  const [given, name, path] of [
    ["new.txt", "b.txt", "new.txt"],
    ["a.txt", "b.txt", "a (2).txt"],
    ["docs", "c.txt", "docs/c.txt"],
    ["docs/", "b.txt", "docs/b (2).txt"],
    ["", "a.txt", "a (2).txt"],
    ["missing/x", "b.txt", "missing/x"],
  ] as const
) {
  Deno.test(`"${name}" saved to "${given}" becomes "${path}"`, async () =>
    assert.equal(await saved(given, name), path));
}

Deno.test("the home folder is written as in a shell", () => {
  const home = Deno.env.get("HOME") ?? "";
  assert.equal(expandHome("~/a b"), join(home, "a b"));
  assert.equal(expandHome("a~/b"), "a~/b");
  assert.equal(expandHome("~someone"), "~someone");
});

Deno.test("a folder's entries mark its folders; one that cannot be read has none", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  await Deno.mkdir(join(folder, "docs"));
  await Deno.writeTextFile(join(folder, "a.txt"), "");
  assert.deepEqual((await folderEntries(`${folder}/do`)).toSorted(), ["a.txt", "docs/"]);
  assert.deepEqual(await folderEntries(`${folder}/missing/x`), []);
});
