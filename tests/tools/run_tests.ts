// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task test [PATH or deno test flag …]`: runs the tests and says at the end, in words that a person and a script
 * can read, what passed, what failed and was skipped, and why.
 *
 * Without arguments it checks the types and runs all of tests/, and first sees to it that MariaDB is there. The last line is
 * `N passed, M failed` or `N passed, M failed, K skipped`; steps count like tests. Exit code 0 only if something ran and
 * nothing failed.
 */
import { ensureMariaDb } from "../support/mariadb.ts";
import { fileURLToPath } from "node:url";
import { readReport, type Report } from "./junit.ts";

/** From 2.5 on, Deno looks for leaks only when it is told to; before that it always did and knows no such flags. */
const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
const sanitizers = major > 2 || minor >= 5 ? ["--sanitize-ops", "--sanitize-resources"] : [];

const FILES_A_PROCESS = 3;

const skipped: string[] = [];
const whole = Deno.args.length === 0;
if (whole) {
  const database = await ensureMariaDb();
  if (!database.available) skipped.push(`the tests on MySQL: ${database.reason}`);
}

const cwd = new URL("../../", import.meta.url);
// Types are checked once for all, or every worker that a test starts would check its own again.
const options = ["test", "--no-check", "--allow-all", ...sanitizers];
const typesAreRight = !whole ||
  (await new Deno.Command(Deno.execPath(), { args: ["check", "--quiet"], cwd, stdin: "null" }).spawn().status).success;
const reports = whole ? await runBesideEachOther() : [await runTests(Deno.args, "inherit")];
const report: Report = {
  passed: reports.reduce((sum, { passed }) => sum + passed, 0),
  failed: reports.flatMap(({ failed }) => failed),
  skipped: reports.flatMap(({ skipped }) => skipped),
};

/** Runs some tests in a process of their own. What it prints is handed on at its end, unless it is inherited. */
async function runTests(paths: readonly string[], stdio: "inherit" | "piped"): Promise<Report> {
  const junit = await Deno.makeTempFile({ suffix: ".xml" });
  const args = [...options, `--junit-path=${junit}`, ...paths];
  const child = new Deno.Command(Deno.execPath(), { args, cwd, stdin: "null", stdout: stdio, stderr: stdio }).spawn();
  let success: boolean;
  if (stdio === "inherit") success = (await child.status).success;
  else {
    const output = await child.output();
    success = output.success;
    for (const bytes of [output.stdout, output.stderr]) console.log(new TextDecoder().decode(bytes).trim());
  }
  const report = readReport(await Deno.readTextFile(junit));
  await Deno.remove(junit);
  // A module that does not load, or a crash of the runner, stands in no report and is a failure all the same.
  if (success || report.failed.length > 0) return report;
  return { ...report, failed: [{ file: paths.join(", "), name: "did not run to its end", reason: "" }] };
}

/**
 * Runs all of tests/, a few files a process. Most of a test's time is waiting for something, so that more of them than there are
 * cores fit beside each other; processes of their own keep environment, memory and descriptors apart.
 */
async function runBesideEachOther(): Promise<Report[]> {
  const files = (await testFiles(new URL("tests/", cwd))).map((url) => fileURLToPath(url));
  const waiting: string[][] = [];
  while (files.length > 0) waiting.push(files.splice(0, FILES_A_PROCESS));
  const reports: Report[] = [];
  const runSome = async () => {
    for (let some = waiting.shift(); some; some = waiting.shift()) reports.push(await runTests(some, "piped"));
  };
  await Promise.all(Array.from({ length: 2 * navigator.hardwareConcurrency }, runSome));
  return reports;
}

async function testFiles(folder: URL): Promise<URL[]> {
  const files: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await testFiles(new URL(`${name}/`, folder)));
    else if (name.endsWith("_test.ts")) files.push(new URL(name, folder));
  }
  return files.toSorted((a, b) => a.href < b.href ? -1 : 1);
}

for (const [file, names] of Map.groupBy(report.skipped, (test) => test.file)) {
  const more = names.length > 1 ? ` and ${names.length - 1} more` : "";
  skipped.push(`${file}: ${names[0]?.name}${more}`);
}
const failed = report.failed.length + (typesAreRight ? 0 : 1);
console.log();
if (!typesAreRight) console.log("failed: the types");
for (const { file, name, reason } of report.failed) console.log(`failed: ${file}: ${name}: ${reason}`.trimEnd());
for (const what of skipped) console.log(`skipped: ${what}`);
const tail = report.skipped.length > 0 ? `, ${report.skipped.length} skipped` : "";
console.log(`${report.passed} passed, ${failed} failed${tail}`);
Deno.exit(failed === 0 && report.passed > 0 ? 0 : 1);
