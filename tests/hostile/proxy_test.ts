/** Behind a proxy each peer is told apart by what the proxy says, and nobody else is believed. */
import assert from "node:assert/strict";
import { parseRanges } from "../../lib/net/address_ranges.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, serve } from "../support/server.ts";

const utf8 = new TextEncoder();
const header = (source: string) => utf8.encode(`PROXY TCP4 ${source} 203.0.113.9 40000 8888\r\n`);
const HELLO = { op: "hello", version: 1, client: "test" } as const;

Deno.test("behind a proxy the limits see the address that it names", async () => {
  const ranges = { trustProxy: parseRanges("loopback"), trust: parseRanges("none") };
  await using server = await serve({ ...ranges, plaintext: "any", maxPerAddress: 1 });
  await using one = await Peer.connect(server.address);
  await one.write(header("192.0.2.1"));
  await one.say(HELLO);
  await one.expect("welcome");
  await one.get("logged-in", { op: "resume", token: ALICE.token });
  await using two = await Peer.connect(server.address);
  await two.write(header("192.0.2.1"));
  await two.say(HELLO);
  assert.equal((await two.expect("error")).code, "too-many-connections");
  await using three = await Peer.connect(server.address);
  await three.write(header("192.0.2.2"));
  await three.say(HELLO);
  await three.expect("welcome");
  const peers = server.log.filter(({ event }) => event === "logged-in").map(({ fields }) => fields.peer);
  assert.deepEqual(peers, ["192.0.2.1"]);
});

Deno.test("a proxy that does not say where a connection comes from is not served", async () => {
  await using server = await serve({ trustProxy: parseRanges("loopback") });
  await using peer = await Peer.connect(server.address);
  await peer.say(HELLO);
  await peer.closed();
  assert.ok(server.log.some(({ event }) => event === "proxy-silent"));
});

Deno.test("nobody but a proxy says where they come from", async () => {
  await using server = await serve();
  await using peer = await Peer.connect(server.address);
  await peer.write(header("192.0.2.1"));
  assert.equal((await peer.expect("error")).code, "bad-frame");
});
