// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task test [PATH or deno test flag …]`: runs the tests and says at the end, in words that a person and a script
 * can read, what passed, what failed, and what was skipped and why.
 *
 * Without arguments it checks the types and runs all of tests/, and first sees to it that MariaDB is there. The last line is
 * `N passed, M failed` or `N passed, M failed, K skipped`; steps count like tests. Exit code 0 only if something ran and
 * nothing failed.
 */
import { ensureMariaDb } from "../support/mariadb.ts";
import { readReport } from "./junit.ts";

/** From 2.5 on, Deno looks for leaks only when it is told to; before that it always did and knows no such flags. */
const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
const sanitizers = major > 2 || minor >= 5 ? ["--sanitize-ops", "--sanitize-resources"] : [];

const skipped: string[] = [];
const whole = Deno.args.length === 0;
if (whole) {
  const database = await ensureMariaDb();
  if (!database.available) skipped.push(`the tests on MySQL: ${database.reason}`);
}

const paths = whole ? ["tests/"] : Deno.args;
const junit = await Deno.makeTempFile({ suffix: ".xml" });
// Types are checked once for all, or every worker that a test starts would check its own again.
// Most of a test's time is waiting for something, so that more files than there are cores fit beside each other.
const env = { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(2 * navigator.hardwareConcurrency) };
const args = ["test", "--parallel", "--no-check", "--allow-all", ...sanitizers, `--junit-path=${junit}`, ...paths];
const cwd = new URL("../../", import.meta.url);
const deno = (args: string[]) => new Deno.Command(Deno.execPath(), { args, cwd, env, stdin: "null" }).spawn().status;
const typesAreRight = !whole || (await deno(["check", "--quiet"])).success;
const { code } = await deno(args);
const report = readReport(await Deno.readTextFile(junit));
await Deno.remove(junit);

for (const [file, names] of Map.groupBy(report.skipped, (test) => test.file)) {
  const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
  skipped.push(`${file}: ${names[0]?.name}${more}`);
}
// A module that does not load, or a crash of the runner, stands in no report and fails the run all the same.
const failed = (report.failed === 0 && code !== 0 ? 1 : report.failed) + (typesAreRight ? 0 : 1);
console.log();
for (const what of skipped) console.log(`skipped: ${what}`);
const tail = report.skipped.length > 0 ? `, ${report.skipped.length} skipped` : "";
console.log(`${report.passed} passed, ${failed} failed${tail}`);
Deno.exit(failed === 0 && report.passed > 0 ? 0 : 1);
