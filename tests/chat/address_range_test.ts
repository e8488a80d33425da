import assert from "node:assert/strict";
import { formatRange, isInRange, parseRange } from "../../lib/chat/address_range.ts";

const written = (text: string) => {
  const range = parseRange(text);
  return range && formatRange(range);
};

Deno.test("a range has one way to be written", () => {
  assert.equal(written("203.0.113.77/24"), "203.0.113.0/24");
  assert.equal(written("203.0.113.77"), "203.0.113.77/32");
  assert.equal(written("2001:DB8:0:0:1::5/64"), "2001:db8::/64");
  assert.equal(written("::1"), "::1/128");
  assert.equal(written("::ffff:192.0.2.1"), "192.0.2.1/32");
});

Deno.test("what is no range, or as good as everybody, is refused", () => {
  const wrong = ["", "0.0.0.0/0", "10.0.0.0/7", "::/0", "2001::/15", "1.2.3", "1.2.3.256", "1.2.3.4/33", "::1/129"];
  for (const text of [...wrong, "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "example.org", "1.2.3.4/8/8"]) {
    assert.equal(parseRange(text), undefined, text);
  }
});

Deno.test("an address is in the ranges that begin as it does", () => {
  const range = parseRange("2001:db8::/32");
  assert.ok(range);
  assert.ok(isInRange("2001:db8:ffff::1", range) && isInRange("2001:db8::1%eth0", range));
  assert.ok(!isInRange("2001:db9::1", range) && !isInRange("32.1.13.184", range));
});
