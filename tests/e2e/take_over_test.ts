/** Upgrading: a new server takes the place of the one that runs, and nobody is lost or refused. */
import assert from "node:assert/strict";
import { upgrade } from "../chaos/upgrade.ts";
import { freePort } from "../support/free_port.ts";
import { ALICE, BOB, enter, logIn, post, spawnServer, temporaryFolder } from "../support/server.ts";

Deno.test("a new server takes over: told to come back in a moment, served where they left off, never refused", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const port = freePort();
  await using old = await spawnServer(dataDir, { port });
  await using alice = await enter(old, ALICE);
  await post(alice, "before");

  const knocking = knock(port);
  stack.defer(async () => void await knocking.stop());
  await using successor = await spawnServer(dataDir, { port, seeded: true, args: ["--take-over"] });
  const bye = await alice.expect("bye");
  assert.equal(bye.reason, "shutdown");
  assert.ok((bye.retryAfter ?? Infinity) < 250, "sooner than after a stop");
  const { code } = await old.ended;
  assert.equal(code, 0, old.stderr());
  const { knocks, refused } = await knocking.stop();
  assert.ok(knocks > 0);
  assert.equal(refused, 0);

  await using again = await enter(successor, ALICE, { after: 0 });
  assert.equal((await again.expect("event")).seq, 1);
  assert.equal(await post(again, "after"), 2);
});

Deno.test("a new server that cannot listen asks for nothing, and the old one serves on", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await using old = await spawnServer(dataDir);
  await using alice = await enter(old, ALICE);
  using elsewhere = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = { port: elsewhere.addr.port, seeded: true, args: ["--take-over"] };
  await assert.rejects(spawnServer(dataDir, options), /Choose another address with --host/);
  assert.equal(await post(alice, "still here"), 1);
});

Deno.test("where no server runs, one that takes over just starts", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await spawnServer(temporaryFolder(stack), { args: ["--take-over"] });
  await using bob = await logIn(server, BOB);
  assert.equal(await post(bob, "hello"), 1);
});

Deno.test("upgrades under flow: nothing that was acknowledged is lost or doubled, and everybody comes back", async () => {
  const command = [Deno.execPath(), "run", "-A", "--no-prompt", new URL("../../server.ts", import.meta.url).pathname];
  const options = { clients: 40, senders: 5, rate: 10, rounds: 2, way: "take-over" } as const;
  const report = await upgrade({ command, ...options });
  assert.deepEqual(report.violations, []);
  assert.ok(report.acknowledged >= 30);
  assert.equal(report.history, report.acknowledged);
});

/** Connects to a port again and again, one connection after the other, and counts how often nobody listened there. */
function knock(port: number) {
  let going = true, knocks = 0, refused = 0;
  const work = (async () => {
    for (; going; knocks++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      } catch (error) {
        if (error instanceof Deno.errors.ConnectionRefused) refused++;
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  return {
    stop: async () => {
      going = false;
      await work;
      return { knocks, refused };
    },
  };
}
