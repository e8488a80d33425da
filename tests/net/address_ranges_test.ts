/** Addresses, ranges of them, and what counts as one peer. */
import assert from "node:assert/strict";
import { networkOf, parseRanges, plainAddress } from "../../lib/net/address_ranges.ts";

Deno.test("a mapped address is the IPv4 address, and an interface's name is no part of one", () => {
  assert.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(plainAddress("::FFFF:c000:0201"), "192.0.2.1");
  assert.equal(plainAddress("fe80::1%eth0"), "fe80::1");
  assert.equal(plainAddress("192.0.2.1"), "192.0.2.1");
});

Deno.test("an IPv4 address is one peer, and an IPv6 network of 64 bits", () => {
  assert.equal(networkOf("192.0.2.1"), "192.0.2.1");
  assert.equal(networkOf("::ffff:192.0.2.1"), "192.0.2.1");
  const same = ["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:0001:0002::", "2001:db8:1:2:3::4"];
  assert.deepEqual(new Set(same.map(networkOf)), new Set(["2001:db8:1:2::/64"]));
  assert.equal(networkOf("2001:db8::1"), "2001:db8:0:0::/64");
  assert.equal(networkOf("::1"), "0:0:0:0::/64");
  assert.equal(networkOf("1::2:3:4:5:6"), "1:0:0:2::/64");
});

Deno.test("ranges have what they say, mapped or not", () => {
  const ranges = parseRanges("loopback, 192.0.2.0/24,2001:db8::/32,198.51.100.7");
  for (const inside of ["127.9.9.9", "::1", "192.0.2.255", "::ffff:192.0.2.3", "2001:db8:ffff::1", "198.51.100.7"]) {
    assert.ok(ranges.has(inside), inside);
  }
  for (const outside of ["192.0.3.0", "::2", "2001:db9::1", "198.51.100.8", "", "nonsense"]) {
    assert.ok(!ranges.has(outside), outside);
  }
  assert.ok(!parseRanges("none").has("127.0.0.1"));
  assert.ok(parseRanges("private").has("192.168.3.4"));
  for (const wrong of ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "all"]) {
    assert.throws(() => parseRanges(wrong), TypeError, wrong);
  }
});
