// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task bench [--quick] [--only NAMES] [--rounds N] [--seed N] [--json FILE] [--readme]`: how fast the server is, held
 * against a minimal server in C, two IRC servers, and the goals.
 *
 * The contestants run one after the other, in an order of its own in each round, on the same work; every receiver checks
 * every delivery, and a lost, doubled, reordered or damaged one ends the run. Exit code 1 then; a goal that is missed is
 * printed and no error.
 */
import type { Outcome } from "./bench_context.ts";
import { LoadError } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { MEASURES } from "./measures/all.ts";
import { readOptions } from "./options.ts";
import { consoleLines, type Report } from "./report.ts";
import { writeReadme } from "./readme.ts";
import { setUp } from "./setup.ts";

async function main(): Promise<number> {
  const options = readOptions(Deno.args, MEASURES.map(({ name }) => name));
  await using stack = new AsyncDisposableStack();
  const say = (line: string) => console.error(line);
  const { bench, missing } = await setUp(options, { stack, say });
  for (const what of missing) console.log(`missing: ${what}`);
  const machine = await describeMachine();
  console.log(
    `${machine.cores} × ${machine.cpu}, Linux ${machine.kernel}; seed ${options.seed}, ${options.rounds} rounds`,
  );
  const failures: string[] = [];
  const measures: (Outcome & { name: string; title: string; seconds: number })[] = [];
  for (const measure of MEASURES) {
    if (options.only.length > 0 && !options.only.includes(measure.name)) continue;
    say(`— ${measure.title} —`);
    const started = performance.now();
    let outcome: Outcome;
    try {
      outcome = await measure.run(bench);
    } catch (error) {
      // What the receivers found wrong fails the run; the other measures are made all the same.
      if (!(error instanceof LoadError)) throw error;
      failures.push(`${measure.name}: ${error.message}`);
      console.log(`FAILED: ${error.message}`);
      continue;
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    measures.push({ name: measure.name, title: measure.title, seconds, ...outcome });
    for (const line of consoleLines(measure, outcome)) console.log(line);
    say(`(${seconds} s)`);
  }
  const report: Report = { at: new Date().toISOString(), machine, options, missing, measures };
  if (options.json !== undefined) await Deno.writeTextFile(options.json, JSON.stringify(report, null, 2) + "\n");
  if (options.readme && failures.length === 0) await writeReadme(report);
  const goals = measures.flatMap((measure) => measure.goals);
  console.log(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

let code = 1;
try {
  code = await main();
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
}
Deno.exit(code);
