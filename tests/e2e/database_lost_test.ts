/** A server that has lost its database for good, or never had it to itself. */
import assert from "node:assert/strict";
import { mysqlTest } from "../support/mariadb.ts";
import { ALICE, BOB, enter, post, spawnServer, temporaryFolder } from "../support/server.ts";
import { within } from "../support/within.ts";

Deno.test("a crash of the embedded database's thread ends the server, which says why, and nothing is lost", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  {
    await using server = await spawnServer(dataDir, { program: "tests/e2e/crashing_server.ts" });
    await using alice = await enter(server, ALICE);
    await post(alice, "one");
    server.signal("SIGUSR1");
    assert.equal((await alice.expect("bye")).reason, "shutdown");
    const { code } = await within(server.ended, () => `Waited in vain for the end: ${server.stderr()}`);
    assert.equal(code, 1);
    assert.match(server.stderr(), / ERROR database-crashed reason="[^"]*the worker ended/);
    assert.match(server.stderr(), / INFO stopped$/m);
  }
  await using server = await spawnServer(dataDir);
  await using bob = await enter(server, BOB, { after: 0 });
  const event = await bob.expect("event");
  assert.deepEqual([event.seq, event.type === "post" && event.text], [1, "one"]);
});

await mysqlTest("a second server on one MariaDB", async (db, t) => {
  await using stack = new AsyncDisposableStack();
  const start = (name: string) => spawnServer(temporaryFolder(stack), { args: ["--database", db.url(name)] });
  const refused = /Cannot open the database: another server is using room at 127\.0\.0\.1:\d+\. Stop that one/;

  await t.step("is refused with a sentence, and another database is no matter", async () => {
    await using first = await start("room");
    await using _ = await start("room2");
    await assert.rejects(start("room"), refused);
    assert.doesNotMatch(first.stderr(), /ERROR/);
  });

  await t.step("may start when the first is gone, however that ended", async () => {
    for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"] as const) {
      await using server = await start("room");
      await server.stop(signal);
    }
    await using _ = await start("room");
  });
});
