/** What a proxy, or somebody who says to be one, puts before a connection. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isIP } from "node:net";
import { networkOf } from "../../lib/net/address_ranges.ts";
import { MAX_PROXY_HEADER, readProxyHeader } from "../../lib/protocol/proxy_header.ts";
import type { Target } from "./targets.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const utf8 = new TextEncoder();
const rest = fc.uint8Array({ maxLength: 300 });

const line = fc.tuple(
  fc.constantFrom("TCP4", "TCP6", "UNKNOWN", "TCP5", ""),
  fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 50 })),
  fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 50 })),
  fc.nat(70_000),
  fc.constantFrom("\r\n", "\n", "\r", ""),
).map(([family, from, to, port, end]) => utf8.encode(`PROXY ${family} ${from} ${to} ${port} 8888${end}`));

const binary = fc.tuple(
  fc.oneof(fc.constantFrom(0x20, 0x21), fc.nat(255)),
  fc.oneof(fc.constantFrom(0x11, 0x21), fc.nat(255)),
  fc.oneof(fc.constantFrom(0, 12, 36, 216), fc.nat(65_535)),
  rest,
).map(([command, family, length, body]) =>
  Uint8Array.from([...SIGNATURE, command, family, length >> 8, length & 255, ...body])
);

export const PROXY_TARGETS: readonly Target[] = [{
  name: "proxy-headers",
  invariant: "Any bytes, however cut, are one header or none; and where it says somebody comes from is one peer.",
  property: fc.property(fc.oneof(line, binary, rest), rest, (header, behind) => {
    const bytes = Uint8Array.from([...header, ...behind]);
    const whole = readProxyHeader(bytes);
    if (whole.type === "header") {
      assert.ok(whole.length <= Math.min(bytes.length, MAX_PROXY_HEADER));
      assert.deepEqual(readProxyHeader(bytes.subarray(0, whole.length)), whole);
      if (whole.source !== undefined && isIP(whole.source) !== 0) assert.notEqual(networkOf(whole.source), "");
    }
    for (let length = 0; length < bytes.length; length++) {
      const part = readProxyHeader(bytes.subarray(0, length));
      if (part.type !== "need-more") return assert.deepEqual(part, whole);
    }
  }),
}];
