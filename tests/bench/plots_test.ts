import assert from "node:assert/strict";
import { nameOf } from "./measures/throughput.ts";
import { plotsOf } from "./plots.ts";

Deno.test({
  name: "plots: a line for each contestant with more than one point, and none without figures",
  // The library leaves its next animation frame, 16 ms away, under way when it disposes of a drawing.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () => {
    const at = (receivers: number) => nameOf({ receivers, senders: 10, size: 64, window: 16 });
    const sample = (contestant: string, receivers: number) => ({
      case: at(receivers),
      contestant,
      round: 1,
      values: { rate: 1000 * receivers, cpu: 1 },
    });
    const samples = [sample("ours", 10), sample("ours", 1000), sample("ngircd", 10)];
    const plots = plotsOf([{ name: "throughput", samples }, { name: "history", samples: [] }]);
    assert.deepEqual(plots.map(({ file }) => file), ["bench-throughput.svg", "bench-cpu.svg"]);
    for (const { svg } of plots) {
      assert.match(svg, /^<svg [\s\S]*<\/svg>\n$/);
      assert.ok(svg.includes(">ours<") && !svg.includes("ngircd"));
      assert.ok(svg.length < 20_000);
    }
  },
});
