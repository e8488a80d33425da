import assert from "node:assert/strict";
import { parseAddress, parsePort } from "../../lib/client/address.ts";
import { formatAddress } from "../../lib/net/format_address.ts";
import { UsageError } from "../../lib/client/failure.ts";

const fallback = { host: "fallback", port: 7000 };

for (
  const [text, host, port] of [
    ["example.org", "example.org", 7000],
    ["example.org:9000", "example.org", 9000],
    ["192.0.2.1:1", "192.0.2.1", 1],
    ["::1", "::1", 7000],
    ["2001:db8::7", "2001:db8::7", 7000],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1", 7000],
    ["[::1]", "::1", 7000],
    ["[2001:db8::7]:65535", "2001:db8::7", 65_535],
  ] as const
) {
  Deno.test(`${text} is ${host}, port ${port}`, () => assert.deepEqual(parseAddress(text, fallback), { host, port }));
}

for (
  const text of ["", ":80", "a b", "host:", "host:x", "host:0", "host:65536", "[::1", "[::1]x", "http://host", "a:b:c"]
) {
  Deno.test(`"${text}" is no address`, () => assert.throws(() => parseAddress(text), UsageError));
}

Deno.test("an address is written so that it can be read again", () => {
  for (const address of [{ host: "a.example", port: 1 }, { host: "::1", port: 8888 }]) {
    assert.deepEqual(parseAddress(formatAddress(address)), address);
  }
});

Deno.test("a port is a whole number", () => {
  for (const text of ["1.5", "-1", "0x10", "1e3", " 80"]) assert.throws(() => parsePort(text), UsageError);
});
