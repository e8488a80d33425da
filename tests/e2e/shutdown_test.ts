/** How a server ends: in order on a signal, and without losing an acknowledged word when it is killed. */
import assert from "node:assert/strict";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post, serve, spawnServer, temporaryFolder } from "../support/server.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal}: everybody is told when to come back, and the history is there afterwards`, async () => {
    await using stack = new AsyncDisposableStack();
    const dataDir = temporaryFolder(stack);
    {
      await using server = await spawnServer(dataDir);
      await using alice = await enter(server, ALICE);
      await using stranger = await Peer.connect(server.address);
      await post(alice, "one");
      await post(alice, "two");
      const started = performance.now();
      const status = server.stop(signal);
      const bye = await alice.expect("bye");
      assert.equal(bye.reason, "shutdown");
      assert.ok((bye.retryAfter ?? 0) > 0);
      assert.equal((await stranger.expect("bye")).reason, "shutdown");
      await alice.closed();
      const { code } = await status;
      assert.equal(code, 0, server.stderr());
      assert.ok(performance.now() - started < 5000);
      await assert.rejects(Peer.connect(server.address), Deno.errors.ConnectionRefused);
    }
    await using server = await spawnServer(dataDir);
    await using bob = await enter(server, BOB, { after: 0 });
    const events = await bob.take("event", 2);
    assert.deepEqual(events.map((event) => event.type === "post" && event.text), ["one", "two"]);
  });
}

Deno.test("a peer that does not read, or stopped in the middle of a download, does not hold up the end", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await spawnServer(temporaryFolder(stack));
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  bob.pause();
  const text = "x".repeat(60_000);
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 20 }, () => post(alice, text)));
  }
  const { code } = await server.stop("SIGTERM");
  assert.equal(code, 0, server.stderr());
  assert.ok(!server.stderr().includes("stopped-late"), server.stderr());
});

Deno.test("posts that were under way at the end are acknowledged or not stored, and never half", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const acknowledged = new Map<string, number>();
  for (const signal of ["SIGKILL", "SIGKILL", "SIGTERM"] as const) {
    await using server = await spawnServer(dataDir);
    await using peer = await logIn(server, ALICE);
    const posting = Array.from({ length: 8 }, async () => {
      for (;;) {
        const id = crypto.randomUUID();
        acknowledged.set(id, await post(peer, `text of ${id}`, id));
      }
    });
    const ended = Promise.allSettled(posting);
    await using bob = await enter(server, BOB);
    await bob.take("event", 100);
    await server.stop(signal);
    await ended;
  }
  await using server = await spawnServer(dataDir);
  await using bob = await logIn(server, BOB);
  const { head } = await bob.get("joined", { op: "join", room: "lobby", after: 0 });
  const stored = await bob.take("event", head);
  assert.deepEqual(stored.map((event) => event.seq), Array.from({ length: head }, (_, i) => i + 1));
  const seqs = new Map(stored.map((event) => [event.id, event.seq]));
  assert.equal(seqs.size, head, "no id is there twice");
  for (const [id, seq] of acknowledged) assert.equal(seqs.get(id), seq, `${id} was acknowledged as ${seq}`);
  assert.ok(acknowledged.size > 200);
});

Deno.test("what was posted just before the signal is answered before the goodbye", async () => {
  await using server = await serve();
  await using peer = await logIn(server, ALICE);
  const ids = Array.from({ length: 50 }, () => crypto.randomUUID());
  await peer.say(...ids.map((id, request) => ({ op: "post", request, room: "lobby", id, text: "x" }) as const));
  await peer.expect("stored");
  await server.close();
  await peer.expect("bye");
  await peer.closed();
  const answered = peer.inbox.filter((message) => message.op === "stored").length + 1;
  assert.equal(answered, 50);
});
