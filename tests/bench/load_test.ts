/** The bench itself: it counts right, and it finds what a server does wrong. */
import assert from "node:assert/strict";
import { freePort } from "../support/free_port.ts";
import { scrape, total } from "../support/monitor.ts";
import { until } from "../support/within.ts";
import { onSqlite } from "./contestants/ours.ts";
import type { Contestant } from "./contestants/contestant.ts";
import { reference } from "./contestants/reference.ts";
import { LoadError } from "./load.ts";
import { compileNative, ensureOpenSsl, findCompiler, type Native } from "./native.ts";
import { figuresOf, takeSeat } from "./seats.ts";

const compiler = await findCompiler();
const root = new URL("../../", import.meta.url).pathname;
const FROM_SOURCE = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", `${root}server.ts`];

const withoutCompiler = "path" in compiler ? undefined : `needs a C compiler: ${compiler.missing}`;
const withoutTls = "path" in compiler ? await ensureOpenSsl(compiler.path) : withoutCompiler;

function benchTest(
  name: string,
  fn: (native: Native) => Promise<void>,
  why: string | undefined = withoutCompiler,
): void {
  Deno.test({
    name: why === undefined ? name : `${name} (${why})`,
    ignore: why !== undefined,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      if (!("path" in compiler)) return;
      await using native = await compileNative(compiler.path);
      await fn(native);
    },
  });
}

/** Both kinds of phases, with more than one of each, on one server. */
async function measureShortly(contestant: Contestant, native: Native): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const seat = await takeSeat(contestant, stack, { load: native.load, members: 20, senders: 4 });
  for (const window of [1, 8]) {
    const phase = await seat.load.flow({ senders: 4, window, size: 200, seconds: 0.2 });
    assert.equal(phase.deliveries, phase.messages * 20);
    assert.equal(phase.latency.count, phase.deliveries);
    const { rate = 0, p50 = 0, p99 = 0 } = figuresOf(phase);
    assert.ok(rate > 0 && p50 > 0 && p99 >= p50);
  }
  const paced = await seat.load.pace({ senders: 2, rate: 50, size: 64, seconds: 0.2 });
  // Ten in the time, or a few less, and the two that mark the end.
  assert.ok(paced.messages > 2 && paced.messages <= 12);
  assert.equal(paced.deliveries, paced.messages * 20);
}

benchTest("bench: what /metrics counts is what the receivers counted, to the unit", async (native) => {
  await using stack = new AsyncDisposableStack();
  const monitored = `127.0.0.1:${freePort()}`;
  const members = 50;
  const args = [`--metrics=${monitored}`];
  const { load } = await takeSeat(onSqlite(FROM_SOURCE), stack, { load: native.load, members, senders: 5, args });
  const phases = [
    await load.flow({ senders: 5, window: 16, size: 64, seconds: 0.3 }),
    await load.flow({ senders: 2, window: 1, size: 3000, seconds: 0.2 }),
    await load.pace({ senders: 3, rate: 60, size: 200, seconds: 0.2 }),
  ];
  const posts = phases.reduce((sum, { messages }) => sum + messages, 0);
  const deliveries = phases.reduce((sum, phase) => sum + phase.deliveries, 0);
  assert.equal(deliveries, posts * members);
  let counted: unknown, heard: unknown;
  // The last acknowledgements may still be on their way.
  await until(async () => {
    const { received, sent, room } = await load.bytes();
    const page = await scrape(monitored);
    heard = { posts, deliveries, room, received, sent, observed: posts };
    counted = {
      posts: total(page, "chat_posts_total"),
      deliveries: total(page, "chat_deliveries_total"),
      room: total(page, "chat_delivered_bytes_total"),
      received: total(page, "chat_sent_bytes_total"),
      sent: total(page, "chat_received_bytes_total"),
      observed: total(page, "chat_delivery_seconds_count"),
    };
    return JSON.stringify(counted) === JSON.stringify(heard);
  }, "both to agree").catch(() => assert.deepEqual(counted, heard));
});

benchTest(
  "bench: every delivery of the reference is counted",
  (native) => measureShortly(reference(native.reference), native),
);

benchTest("bench: every delivery of our server is counted", (native) => measureShortly(onSqlite(FROM_SOURCE), native));

benchTest(
  "bench: every delivery of our server to old clients is counted",
  (native) => measureShortly({ ...onSqlite(FROM_SOURCE), dialect: "legacy" }, native),
);

benchTest(
  "bench: every delivery of our server over TLS is counted",
  (native) => measureShortly({ ...onSqlite(FROM_SOURCE), tls: true }, native),
  withoutTls,
);

benchTest("bench: a server that drops one delivery in a million fails the run", async (native) => {
  await using stack = new AsyncDisposableStack();
  const faulty = reference(native.reference, { dropOneIn: 1_000_000 });
  const seat = await takeSeat(faulty, stack, { load: native.load, members: 500, senders: 10 });
  const phase = async () => {
    for (let deliveries = 0; deliveries < 3_000_000;) {
      const flow = await seat.load.flow({ senders: 10, window: 64, size: 64, seconds: 0.5 });
      deliveries += flow.deliveries;
    }
  };
  await assert.rejects(phase, (error: Error) => error instanceof LoadError && /\d+ missing/.test(error.message));
});
