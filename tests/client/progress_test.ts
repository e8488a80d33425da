import assert from "node:assert/strict";
import { createMeter } from "../../lib/client/progress.ts";

Deno.test("what matters most stands first, since a narrow screen cuts the end off", () => {
  const meter = createMeter();
  assert.equal(meter("a.png", 0, 2_048), "░░░░░░░░░░░░░░░░░░░░   0% a.png · 0 B of 2.0 KiB");
  assert.match(meter("a.png", 1_024, 2_048), /^█{10}░{10} {2}50% a\.png · 1\.0 KiB of 2\.0 KiB/);
  assert.match(meter("a.png", 2_048, 2_048), /^█{20} 100% a\.png · 2\.0 KiB of 2\.0 KiB/);
});

Deno.test("a long name leaves room for the numbers", () => {
  assert.match(createMeter()("长".repeat(100), 1, 1), /100% 长{14}… · 1 B of 1 B/);
});
