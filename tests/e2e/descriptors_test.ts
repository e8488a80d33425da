/** Too many connections for the process: those who only sit there make room for those who want in. */
import assert from "node:assert/strict";
import { DORA, QtClient, seedQt } from "../support/qt_client.ts";
import { ALICE, enter, post, spawnServer, temporaryFolder } from "../support/server.ts";
import { join } from "node:path";

Deno.test("defect: 1,100 idle sockets with 1,024 descriptors", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await seedQt(join(dataDir, "chat.sqlite"));
  await using server = await spawnServer(dataDir, { descriptors: 1024 });
  await using alice = await enter(server, ALICE);
  const { hostname, port } = server.address;
  for (let i = 0; i < 1100; i++) {
    const idle = await Deno.connect({ hostname, port });
    stack.defer(() => idle.close());
  }
  await using dora = await QtClient.enter(server, DORA);
  await post(alice, "is there room?");
  await dora.reader.expectText("is there room?");
  assert.match(server.stderr(), /connections-limited/);
});
