import assert from "node:assert/strict";
import fc from "fast-check";
import { createLog, type LogFormat } from "../../lib/server/log.ts";

function lineOf(format: LogFormat, value: string): string {
  const lines: string[] = [];
  createLog(format, (line) => lines.push(line))("warn", "login-refused", { value, absent: undefined, count: 3 });
  const [line = ""] = lines;
  assert.equal(lines.length, 1);
  return line;
}

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\x00\x07\x1b\x7f\x85\x9b\n\r\t\u2028\u2029\u202e\u200b\ufeff"\\ '),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

for (const format of ["text", "json"] as const) {
  Deno.test(`${format}: nothing that a peer chose begins a line, moves a cursor or reorders text`, () => {
    fc.assert(fc.property(anyText, (value) => {
      assert.doesNotMatch(lineOf(format, value), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }));
  });
}

Deno.test("json: a line is an object that says what it was given", () => {
  fc.assert(fc.property(anyText, (value) => {
    const entry = JSON.parse(lineOf("json", value));
    assert.deepEqual([entry.level, entry.event, entry.value, entry.count], ["warn", "login-refused", value, 3]);
    assert.ok(!Number.isNaN(Date.parse(entry.time)) && !("absent" in entry));
  }));
});

Deno.test("text: plain words stand as they are, others in quotes", () => {
  assert.match(lineOf("text", "127.0.0.1:8888"), /^\S+Z WARN login-refused value=127\.0\.0\.1:8888 count=3$/);
  assert.match(lineOf("text", "two words"), / value="two words" /);
  assert.match(lineOf("text", "a=b"), / value="a=b" /);
  assert.match(lineOf("text", ""), / value="" /);
  assert.match(lineOf("text", "\u001b[2J\u009b"), / value="\\u001b\[2J\\u009b" /);
});
