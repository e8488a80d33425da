import assert from "node:assert/strict";
import { between, table } from "./marked.ts";

Deno.test("a table lines up, without the columns in which nothing stands", () => {
  assert.deepEqual(table(["what", "who", "n"], [["a|b", "", "1"], ["c", "", "22"]]), [
    "| what | n   |",
    "| ---- | --- |",
    "| a\\|b | 1   |",
    "| c    | 22  |",
  ]);
});

Deno.test("only what stands between the marks is replaced", () => {
  const text = "before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n";
  const once = between(text, { name: "bench", content: "new" });
  assert.equal(once, "before\n<!-- bench: begin -->\n\nnew\n\n<!-- bench: end -->\nafter\n");
  assert.equal(between(once, { name: "bench", content: "new" }), once);
  assert.throws(() => between("no marks", { name: "bench", content: "new" }), /there is no/);
});
