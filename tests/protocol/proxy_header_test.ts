/** The PROXY protocol's headers, as the proxies that are in use write them. */
import assert from "node:assert/strict";
import { readProxyHeader } from "../../lib/protocol/proxy_header.ts";

const utf8 = new TextEncoder();
const SIGNATURE = "0d0a0d0a000d0a515549540a";
const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

Deno.test("version 1: a line", () => {
  const line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n";
  assert.deepEqual(readProxyHeader(utf8.encode(line + "more")), {
    type: "header",
    source: "192.0.2.7",
    length: line.length,
  });
  const six = "PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n";
  assert.deepEqual(readProxyHeader(utf8.encode(six)), { type: "header", source: "2001:db8::7", length: six.length });
  assert.deepEqual(readProxyHeader(utf8.encode("PROXY UNKNOWN\r\n")), { type: "header", length: 15 });
  for (const part of ["", "P", "PROXY ", "PROXY TCP4 192.0.2.7"]) {
    assert.deepEqual(readProxyHeader(utf8.encode(part)), { type: "need-more" }, part);
  }
  const wrong = [
    "GET / HTTP/1.1\r\n",
    "PROXZ",
    "PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n",
    "PROXY TCP4 256.1.1.1 1.1.1.1 1 2\r\n",
  ];
  for (const text of [...wrong, "PROXY \r\n", `PROXY TCP4 ${"1".repeat(120)}`, "PROXY TCP4 ::1 ::1 1 2\r\n"]) {
    assert.deepEqual(readProxyHeader(utf8.encode(text)), { type: "lost" }, text);
  }
});

Deno.test("version 2: bytes", () => {
  const four = `${SIGNATURE}2111000cc0000207c6336401dc0401bb`;
  assert.deepEqual(readProxyHeader(hex(`${four}ffff`)), { type: "header", source: "192.0.2.7", length: 28 });
  const more = `${SIGNATURE}21110011c0000207c6336401dc0401bb0400020000`;
  assert.deepEqual(readProxyHeader(hex(more)), { type: "header", source: "192.0.2.7", length: 33 }, "with more behind");
  const six = `${SIGNATURE}21210024${"20010db8000000000000000000000007"}${"0".repeat(32)}dc0401bb`;
  assert.deepEqual(readProxyHeader(hex(six)), { type: "header", source: "2001:db8:0:0:0:0:0:7", length: 52 });
  assert.deepEqual(readProxyHeader(hex(`${SIGNATURE}20000000`)), { type: "header", length: 16 }, "the proxy itself");
  assert.deepEqual(readProxyHeader(hex(four.slice(0, 40))), { type: "need-more" });
  for (
    const wrong of [
      `${SIGNATURE}3111000c`,
      `${SIGNATURE}2311000c`,
      `${SIGNATURE}21110004c0000207`,
      `${SIGNATURE}2111ffff`,
      "0d0a0d0b",
    ]
  ) {
    assert.deepEqual(readProxyHeader(hex(wrong)), { type: "lost" }, wrong);
  }
});
