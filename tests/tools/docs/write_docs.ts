// deno-lint-ignore-file no-console -- a script speaks on the console
/** `deno task docs`: writes what the pages say of the code again. */
import { join } from "node:path";
import { stalePages } from "./stale_pages.ts";

const root = new URL("../../../", import.meta.url).pathname;

for (const { page, text } of await stalePages()) {
  await Deno.writeTextFile(join(root, page), text);
  console.log(`written: ${page}`);
}
