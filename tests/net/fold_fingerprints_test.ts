import assert from "node:assert/strict";
import { foldFingerprints } from "../../lib/net/fold_fingerprints.ts";
import { displayWidth } from "../../lib/terminal/text.ts";

const bytes = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => (from + index).toString(16).toUpperCase().padStart(2, "0")).join(":");
const WHOLE = bytes(0xa0, 32);
const [FIRST, SECOND] = [`${bytes(0xa0, 16)}:`, bytes(0xb0, 16)];
const fold = (text: string, columns: number) => foldFingerprints(text, { columns, widthOf: displayWidth }).split("\n");

Deno.test("a fingerprint that fits stays in one line, to the last column", () => {
  assert.deepEqual(fold(`  ${WHOLE}`, 97), [`  ${WHOLE}`]);
  assert.deepEqual(fold(`  ${WHOLE}`, 96), [`  ${FIRST}`, `  ${SECOND}`]);
  assert.deepEqual(fold("no fingerprint in a line that is long", 10), ["no fingerprint in a line that is long"]);
});

Deno.test("one that does not is broken behind colons, into pieces of one length that stand beneath each other", () => {
  assert.deepEqual(fold(`  before: ${WHOLE}`, 80), [`  before: ${FIRST}`, `          ${SECOND}`]);
  assert.deepEqual(fold(`  以前:${WHOLE}`, 80), [`  以前:${FIRST}`, `       ${SECOND}`]);
  assert.deepEqual(
    fold(`  ${WHOLE}`, 49),
    [0xa0, 0xa8, 0xb0, 0xb8].map((from) => `  ${bytes(from, 8)}${from === 0xb8 ? "" : ":"}`),
  );
});

Deno.test("behind a longer text it begins a line of its own, and the text goes on behind it", () => {
  assert.deepEqual(fold(`trusted: example.org:8888 with ${WHOLE}`, 120), [
    "trusted: example.org:8888 with",
    `  ${WHOLE}`,
  ]);
  const other = WHOLE.replace("A0", "00");
  assert.deepEqual(fold(`The certificate of example.org:8888 is ${WHOLE}, not ${other}.`, 80), [
    "The certificate of example.org:8888 is",
    `  ${FIRST}`,
    `  ${SECOND}, not`,
    `  ${FIRST.replace("A0", "00")}`,
    `  ${SECOND}.`,
  ]);
});

Deno.test("no terminal is too narrow to get all of it, and nothing is lost", () => {
  for (let columns = 1; columns <= 120; columns++) {
    const lines = fold(`  now:    ${WHOLE}`, columns);
    assert.equal(lines.map((line) => line.trim()).join("").replaceAll(" ", ""), `now:${WHOLE}`);
    if (columns >= 14) assert.ok(lines.every((line) => line.length <= columns), lines.join("\n"));
  }
});

Deno.test("a command stays in one line: two would be two commands", () => {
  assert.deepEqual(fold(`  chat trust example.org ${WHOLE}`, 80), [`  chat trust example.org ${WHOLE}`]);
});
