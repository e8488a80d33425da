/** A short run of every fuzz target; `deno task fuzz --minutes N` goes on for longer. */
import fc from "fast-check";
import { TARGETS } from "./targets.ts";

for (const { name, invariant, property } of TARGETS) {
  Deno.test(`fuzz ${name}: ${invariant}`, async () => {
    await fc.assert(property, { numRuns: 300 });
  });
}
