/** What was written out comes back: into an empty room, again, and into one in which somebody has spoken. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { chatServer } from "../support/chat_server.ts";
import { ALICE, BOB, enter, logIn, post, serve, temporaryFolder } from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";

Deno.test("an export in lines of JSON is brought back, with its files, once", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack), lines = join(folder, "room.jsonl");
  const from = temporaryFolder(stack), to = temporaryFolder(stack);
  const content = randomBytes(50_000),
    picture = await Deno.readFile(new URL("../../image/lighthouse.png", import.meta.url));
  {
    await using server = await serve({ dataDir: from });
    await using alice = await logIn(server, ALICE);
    await using bob = await logIn(server, BOB);
    await post(alice, "one \u0000 <b>");
    await sendBytes(bob, content, { name: "文件.bin" });
    await sendBytes(bob, picture, { type: "image", name: "lighthouse.png" });
    await post(bob, "four\n四");
  }
  assert.equal((await chatServer("export", "--jsonl", "--files", "-o", lines, "--data-dir", from)).code, 0);
  const original = (await Deno.readTextFile(lines)).trimEnd().split("\n").map((line) => JSON.parse(line));
  {
    await using server = await serve({ dataDir: to });
    await using bob = await logIn(server, BOB);
    assert.equal(await post(bob, "said here before"), 1);
    const used = await chatServer("import", lines, "--data-dir", to);
    assert.equal(used.code, 1);
    assert.match(used.stderr, /another server is using it/);
  }
  for (
    const expected of [
      "4 imported, 0 there already, 0 passed over, 0 refused\n",
      "0 imported, 4 there already, 0 passed over, 0 refused\n",
    ]
  ) {
    const { code, stdout, stderr } = await chatServer("import", lines, "--data-dir", to);
    assert.deepEqual([code, stdout, stderr], [0, expected, ""]);
  }
  await using server = await serve({ dataDir: to });
  await using bob = await enter(server, BOB, { after: 1 });
  const events = await bob.take("event", 4);
  const expected = original.map((line, index) => ({ ...line, seq: index + 2 }));
  assert.deepEqual(events.map(({ op: _, room: __, ...event }) => event as unknown), expected);
  assert.deepEqual(await fetchBytes(bob, original[1].id), new Uint8Array(content));
  assert.deepEqual(await fetchBytes(bob, original[2].id), picture);
});

Deno.test("lines that make no sense are told, and the others come in", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack), lines = join(folder, "room.jsonl");
  const said = { type: "post", id: crypto.randomUUID(), at: 1, from: { account: 1001, name: "Alice" }, text: "fine" };
  const file = { ...said, id: crypto.randomUUID(), type: "file", name: "x", size: 5, sha256: "0".repeat(64) };
  const bad = [
    "no JSON",
    JSON.stringify({ ...said, id: "1" }),
    JSON.stringify({ ...said, from: { account: 70_000, name: "Far" } }),
    JSON.stringify({ ...said, text: " " }),
    JSON.stringify({ ...file, name: "../x" }),
    JSON.stringify({ ...file, sha256: "../../etc/passwd" }),
    JSON.stringify(file),
  ];
  const passed = JSON.stringify({ type: "joined", member: { account: 1, name: "x", since: 1 }, at: 1 });
  await Deno.writeTextFile(lines, [...bad, passed, JSON.stringify(said)].join("\n"));
  const { code, stdout, stderr } = await chatServer("import", lines, "--data-dir", join(folder, "data"), "--json");
  assert.deepEqual([code, JSON.parse(stdout)], [1, { imported: 1, present: 0, passedOver: 1, refused: 7 }]);
  assert.deepEqual(stderr.trimEnd().split("\n").map((line) => line.replace(/^chat-server: line (\d).*$/, "$1")), [
    ..."1234567",
  ]);
  assert.match(stderr, /its file is not here; it would be room_files\/0+$/m);
});
