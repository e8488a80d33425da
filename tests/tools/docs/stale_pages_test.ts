import assert from "node:assert/strict";
import { stalePages } from "./stale_pages.ts";

Deno.test("the pages say what the code says; else run `deno task docs`", async () => {
  const stale = await stalePages();
  assert.deepEqual(stale.map(({ page }) => page), []);
});
