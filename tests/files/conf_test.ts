import assert from "node:assert/strict";
import { parseConf } from "../../lib/files/conf.ts";

const pairs = (text: string) => parseConf(text).map(({ key, value }) => [key, value]);

Deno.test("a file of KEY=VALUE lines", () => {
  assert.deepEqual(parseConf('\ufeff# a comment\r\n\r\nHOST=0.0.0.0\r\n  port = 99  \nDATA_DIR="/srv/my chat"\n'), [
    { key: "HOST", value: "0.0.0.0", line: 3 },
    { key: "PORT", value: "99", line: 4 },
    { key: "DATA_DIR", value: "/srv/my chat", line: 5 },
  ]);
  assert.deepEqual(pairs("A='x'\nB=\nC=a=b#c\nD=\"\nE=\"a'"), [["A", "x"], ["B", ""], ["C", "a=b#c"], ["D", '"'], [
    "E",
    "\"a'",
  ]]);
  assert.deepEqual(pairs(""), []);
});

Deno.test("a line that is none is named", () => {
  for (const line of ["HOST", "=x", "MY KEY=1", "export HOST=x", "1K=x"]) {
    assert.throws(
      () => parseConf(`# ok\n${line}`),
      (error) => error instanceof SyntaxError && /line 2/.test(error.message),
    );
  }
});
