// deno-lint-ignore-file no-console -- a script speaks on the console
/** `deno task fuzz [--minutes N] [--only NAME] [--seed S]`: feeds every target for so long; exit code 1 at the first finding. */
import { Command } from "@commander-js/extra-typings";
import fc from "fast-check";
import { TARGETS } from "./targets.ts";

const options = new Command("fuzz")
  .option("--minutes <number>", "for each target", Number, 1)
  .option("--only <name>", "one target")
  .option("--seed <number>", "repeat a run", Number, Date.now() % 2 ** 31)
  .parse(Deno.args, { from: "user" })
  .opts();

let findings = 0;
for (const { name, invariant, property } of TARGETS) {
  if (options.only !== undefined && options.only !== name) continue;
  const started = performance.now();
  const details = await fc.check(property, {
    numRuns: Number.MAX_SAFE_INTEGER,
    seed: options.seed,
    interruptAfterTimeLimit: options.minutes * 60_000,
    markInterruptAsFailure: false,
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  const finding = details.counterexample === null ? "no finding" : fc.defaultReportMessage(details);
  if (details.counterexample !== null) findings++;
  console.log(`${name}: ${details.numRuns} runs in ${seconds} s, seed ${options.seed}: ${finding}\n  (${invariant})`);
}
Deno.exit(findings === 0 ? 0 : 1);
