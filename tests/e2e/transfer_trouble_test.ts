/** Transfers whose peers stand still, send nothing in pieces, or think better of it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { ALICE, BOB, enter, logIn, serve } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

Deno.test("transfers that stand still are ended, and what had arrived is kept", async () => {
  await using server = await serve({ patience: { sweep: 10, transfer: 1000 } });
  await using alice = await logIn(server, ALICE);
  const { id } = await sendBytes(alice, randomBytes(3_000_000));
  await alice.get("accepted", { op: "download", stream: 3, id });
  const offer = {
    op: "upload",
    stream: 4,
    room: "lobby",
    id: crypto.randomUUID(),
    type: "file",
    name: "x",
    size: 9000,
  } as const;
  await alice.get("accepted", offer);
  await alice.chunk(4, randomBytes(1000));
  const ended = await alice.take("error", 2);
  assert.deepEqual(ended.map(({ code }) => code), ["transfer-idle", "transfer-idle"]);
  assert.deepEqual(ended.map(({ stream }) => stream).toSorted(), [3, 4]);
  assert.equal((await alice.get("accepted", { ...offer, stream: 5 })).offset, 1000);
});

Deno.test("pieces of nothing, and more than may be under way, harm neither the file nor anybody else", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  await using bob = await enter(server, BOB);
  const content = randomBytes(2_000_001), hash = sha256(content);
  const offer = { op: "upload", room: "lobby", type: "file", name: "x", size: content.length } as const;
  await alice.get("accepted", { ...offer, stream: 1, id: crypto.randomUUID() });
  for (let at = 0; at < content.length; at += 262_144) {
    await alice.chunk(1, new Uint8Array(0));
    await alice.chunk(1, content.subarray(at, at + 262_144));
  }
  await alice.get("stored", { op: "finish", stream: 1, sha256: hash });
  assert.equal((await bob.expect("event")).type, "file");
});

Deno.test("what is cancelled in the middle of its bytes makes room for what is offered behind it", async () => {
  await using server = await serve();
  await using alice = await logIn(server, ALICE);
  const content = randomBytes(500_000);
  const offer = { op: "upload", stream: 1, room: "lobby", type: "file", name: "x", size: content.length } as const;
  for (let round = 0; round < 5; round++) {
    await alice.get("accepted", { ...offer, id: crypto.randomUUID() });
    await alice.chunk(1, content.subarray(0, 250_000));
    await alice.say({ op: "cancel", stream: 1 });
  }
  await alice.get("accepted", { ...offer, id: crypto.randomUUID() });
  await alice.chunk(1, content.subarray(0, 250_000));
  await alice.chunk(1, content.subarray(250_000));
  await alice.get("stored", { op: "finish", stream: 1, sha256: sha256(content) });
});
