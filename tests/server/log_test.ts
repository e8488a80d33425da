import assert from "node:assert/strict";
import fc from "fast-check";
import { createLog, type Fields, type LogFormat, logLine, logTo } from "../../lib/server/log.ts";

const lineOf = (format: LogFormat, reason: string): string =>
  logLine(format, "connection-refused", { reason, code: undefined, connection: 3 });

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
    assert.deepEqual(
      [entry.level, entry.event, entry.reason, entry.connection],
      ["warn", "connection-refused", value, 3],
    );
    assert.ok(!Number.isNaN(Date.parse(entry.time)) && !("code" in entry));
  }));
});

Deno.test("text: plain words stand as they are, others in quotes", () => {
  assert.match(
    lineOf("text", "127.0.0.1:8888"),
    /^\S+Z WARN connection-refused reason=127\.0\.0\.1:8888 connection=3$/,
  );
  assert.match(lineOf("text", "two words"), / reason="two words" /);
  assert.match(lineOf("text", "a=b"), / reason="a=b" /);
  assert.match(lineOf("text", ""), / reason="" /);
  assert.match(lineOf("text", "\u001b[2J\u009b"), / reason="\\u001b\[2J\\u009b" /);
});

Deno.test("each line is written as it comes, with the level of its event", () => {
  const lines: string[] = [];
  const log = createLog(() => ({ format: "text", level: "info" }), (line) => lines.push(line));
  log("stopped");
  log("stopped-late", { ms: 4500 });
  assert.match(lines.join("\n"), /^\S+ INFO stopped\n\S+ ERROR stopped-late ms=4500$/);
});

Deno.test("the log of a connection says with each event who it is by then", () => {
  const heard: { readonly event: string; readonly fields: Fields }[] = [];
  const session: { account?: number } = {};
  const log = logTo((event, fields) => heard.push({ event, fields })).of(() => ({
    connection: 7,
    peer: "127.0.0.1",
    account: session.account,
  }));
  log("login-refused", { tried: 1001 });
  session.account = 1001;
  log("logged-in");
  assert.deepEqual(heard, [
    { event: "login-refused", fields: { connection: 7, peer: "127.0.0.1", account: undefined, tried: 1001 } },
    { event: "logged-in", fields: { connection: 7, peer: "127.0.0.1", account: 1001 } },
  ]);
});
