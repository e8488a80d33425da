import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const runner = fileURLToPath(new URL("./run_tests.ts", import.meta.url));

const PASSES = `Deno.test("a", () => {});`;
const FAILS =
  `Deno.test("b", async (t) => { await t.step("c", () => { throw new Error("</testcase><skipped/>"); }); });`;
const SKIPS = `Deno.test({ name: 'd & "e" <f>', ignore: true, fn: () => {} });`;
const LEAKS = `Deno.test("g", () => { Deno.openSync(Deno.execPath()); });`;
const BREAKS = `throw new Error("does not load");`;

/** Runs the runner over one file for each source; answers with its exit code and last lines. */
async function run(...sources: readonly string[]) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [index, source] of sources.entries()) {
      await Deno.writeTextFile(join(folder, `case${index}_test.ts`), source);
    }
    const args = ["run", "--allow-all", runner, folder];
    const command = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" }, stdin: "null" });
    const { code, stdout } = await command.output();
    return { code, last: new TextDecoder().decode(stdout).trimEnd().split("\n").slice(-3) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("test runner: counts what passes and names what is skipped", async () => {
  const { code, last } = await run(PASSES, SKIPS);
  assert.equal(code, 0);
  assert.match(last[1] ?? "", /^skipped: .*case1_test\.ts: d & "e" <f>$/);
  assert.equal(last[2], "1 passed, 0 failed, 1 skipped");
});

Deno.test("test runner: counts what fails, steps included, and fails", async () => {
  const { code, last } = await run(PASSES, FAILS);
  assert.equal(code, 1);
  assert.equal(last[2], "1 passed, 2 failed");
});

Deno.test("test runner: says at the end what failed, and why", async () => {
  const { last } = await run(FAILS);
  assert.match(last[0] ?? "", /^failed: .*case0_test\.ts: b: 1 test step failed/);
  assert.match(last[1] ?? "", /^failed: .*case0_test\.ts: b > c: Uncaught Error: <\/testcase><skipped\/>$/);
});

Deno.test("test runner: a leak is a failure on every version", async () => {
  const { code, last } = await run(LEAKS);
  assert.equal(code, 1);
  assert.equal(last[2], "0 passed, 1 failed");
});

Deno.test("test runner: a module that does not load is a failure", async () => {
  const { code, last } = await run(PASSES, BREAKS);
  assert.equal(code, 1);
  assert.equal(last[2], "1 passed, 1 failed");
});

Deno.test("test runner: a run without a test fails", async () => {
  const { code, last } = await run(SKIPS);
  assert.equal(code, 1);
  assert.equal(last[2], "0 passed, 0 failed, 1 skipped");
});
