import assert from "node:assert/strict";
import { acceptAll } from "../../lib/net/accept.ts";
import { addressOf, listen } from "../../lib/net/listen.ts";
import { until, within } from "../support/within.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const connect = (port: number, count: number) =>
  Promise.all(Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port })));

Deno.test("accepting waits for nobody and ends with its listeners", async () => {
  const listeners = listen(LOOPBACK);
  const accepted: Deno.TcpConn[] = [];
  const accepting = acceptAll(listeners, {
    accepted: (socket) => void accepted.push(socket),
    failed: (error) => assert.fail(`${error}`),
  });
  const peers = await connect(addressOf(listeners).port, 300);
  await until(() => accepted.length === 300, "300 connections");
  for (const listener of listeners) listener.close();
  await within(accepting, "the loops' end");
  for (const socket of [...peers, ...accepted]) socket.close();
});

Deno.test({
  name: "a crowd is heard although nobody accepts yet",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const listeners = listen(LOOPBACK);
    // Far more than one socket's backlog of 128: the others would not be connected before somebody accepts.
    const peers = await within(connect(addressOf(listeners).port, 800), "800 connections");
    for (const socket of [...peers, ...listeners]) socket.close();
  },
});

Deno.test("an address where another program listens is refused", () => {
  const other = Deno.listen(LOOPBACK);
  assert.throws(() => listen({ ...LOOPBACK, port: other.addr.port }), Deno.errors.AddrInUse);
  other.close();
  const listeners = listen(LOOPBACK);
  assert.throws(() => listen(addressOf(listeners)), Deno.errors.AddrInUse);
  for (const listener of listeners) listener.close();
});

Deno.test("what keeps one from accepting is said once, and accepting goes on", async () => {
  const failures: number[] = [], accepted: unknown[] = [];
  // Listeners that fail together as they do when descriptors run out, and then accept: no test can use up this process's own.
  const failing = Array.from({ length: 4 }, () => {
    let calls = 0;
    const closed = Promise.withResolvers<never>();
    return {
      accept: () => {
        if (++calls === 1) return Promise.reject(new Error("too many open files"));
        if (calls === 2) return Promise.resolve({ setNoDelay() {}, setKeepAlive() {}, close() {} });
        return closed.promise;
      },
      close: () => closed.reject(new Deno.errors.BadResource("closed")),
    };
  });
  const accepting = acceptAll(failing as unknown as Deno.TcpListener[], {
    accepted: (socket) => void accepted.push(socket),
    failed: (_, waitMs) => void failures.push(waitMs),
  });
  await until(() => accepted.length === 4, "all to accept again");
  assert.deepEqual(failures, [10]);
  for (const listener of failing) listener.close();
  await accepting;
});
