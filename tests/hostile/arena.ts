/**
 * A server with strict limits, peers that come from whatever address they like (through the PROXY protocol, as behind a proxy),
 * and honest people whose posts have to be stored, all of them, whatever the others do.
 */
import { parseRanges } from "../../lib/net/address_ranges.ts";
import { PROTOCOL_VERSION } from "../../lib/protocol/limits.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, post, serve, type ServeOptions, type TestServer } from "../support/server.ts";

/** A server behind a proxy on this machine, with nobody exempt from its limits. */
export function arena(options: ServeOptions = {}): Promise<TestServer> {
  const ranges = { trustProxy: parseRanges("loopback"), trust: parseRanges("none") };
  return serve({ ...ranges, plaintext: "any", ...options });
}

/** A connection that comes from an address and says nothing yet. */
export async function connectFrom(server: TestServer, address: string): Promise<Peer> {
  const peer = await Peer.connect(server.address);
  await peer.write(new TextEncoder().encode(`PROXY TCP4 ${address} 203.0.113.9 40000 8888\r\n`));
  return peer;
}

/** A connection that has said HELLO; what it is answered waits in its inbox. */
export async function helloFrom(server: TestServer, address: string): Promise<Peer> {
  const peer = await connectFrom(server, address);
  await peer.say({ op: "hello", version: PROTOCOL_VERSION, client: "hostile" });
  return peer;
}

export async function greetFrom(server: TestServer, address: string): Promise<Peer> {
  const peer = await helloFrom(server, address);
  await peer.expect("welcome");
  return peer;
}

/** Posts of somebody honest, one after the other; resolves with the milliseconds that each took. Fails if one is not stored. */
export async function honestPosts(server: TestServer, { count, goesOn = () => false }: {
  readonly count: number;
  readonly goesOn?: () => boolean;
}): Promise<number[]> {
  await using alice = await greetFrom(server, "192.0.2.200");
  await alice.get("logged-in", { op: "resume", token: ALICE.token });
  const took: number[] = [];
  for (let number = 0; number < count || (goesOn() && number < 80); number++) {
    const before = performance.now();
    await post(alice, `honest ${number}`);
    took.push(performance.now() - before);
  }
  return took;
}

/** Runs an attack beside honest people, and says how they fared against a calm run; that is a figure, not a condition. */
export async function besideHonest(server: TestServer, what: string, attack: () => Promise<void>): Promise<void> {
  const calm = await honestPosts(server, { count: 20 });
  let underAttack = true;
  const attacked = attack().finally(() => underAttack = false);
  const [stormy] = await Promise.all([honestPosts(server, { count: 20, goesOn: () => underAttack }), attacked]);
  const p99 = (took: readonly number[]) => took.toSorted((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? 0;
  const line = `${what}: p99 of honest posts ${p99(stormy).toFixed(1)} ms, calm ${p99(calm).toFixed(1)} ms\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
