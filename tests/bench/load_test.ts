/** The bench itself: it counts right, and it finds what a server does wrong. */
import assert from "node:assert/strict";
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
