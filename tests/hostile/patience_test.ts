/** An honest script that is too fast waits, and loses nothing; its lines keep their order. */
import assert from "node:assert/strict";
import { parseRanges } from "../../lib/net/address_ranges.ts";
import { chat, PASSWORD } from "../support/client.ts";
import { Peer } from "../support/peer.ts";
import { BOB, logIn, serve } from "../support/server.ts";

Deno.test("a script that says more than it may says all of it, in order", async () => {
  await using server = await serve({ trust: parseRanges("none"), postRate: { amount: 60, periodMs: 2000 } });
  {
    await using peer = await Peer.greet(server.address);
    await peer.get("logged-in", { op: "register", account: 4001, name: "Dora", password: PASSWORD });
  }
  const lines = Array.from({ length: 250 }, (_, index) => `line ${index}`);
  const { code, json, stderr } = await chat(["send", "--account", "4001", "--json"], {
    server,
    stdin: lines.join("\n"),
  });
  assert.equal(code, 0, stderr);
  assert.equal(json().length, lines.length);
  await using bob = await logIn(server, BOB);
  const { events } = await bob.get("page", { op: "history", room: "lobby", after: 0, limit: 500 });
  assert.deepEqual(events.map((event) => event.type === "post" && event.text), lines);
});

Deno.test("devices, logging out and a new password work from a script", async () => {
  await using server = await serve();
  await using device = await Peer.greet(server.address);
  const { token = "" } = await device.get("logged-in", {
    op: "register",
    account: 4001,
    name: "Dora",
    password: PASSWORD,
    remember: true,
    device: "laptop",
  });
  const account = ["--account", "4001", "--json"];
  const listed = await chat(["devices", ...account], { server });
  assert.deepEqual(listed.json().map(({ device, name }) => [device, name]), [[1, "laptop"]]);
  assert.equal((await chat(["logout", ...account], { server })).code, 2);
  assert.equal((await chat(["logout", "9", ...account], { server })).code, 3);
  const fresh = "better horse";
  const changed = await chat(["passwd", ...account], { server, env: { CHAT_NEW_PASSWORD: fresh } });
  assert.deepEqual([changed.code, changed.json()], [0, [{ account: 4001 }]], changed.stderr);
  assert.equal((await device.expect("bye")).reason, "revoked");
  await using again = await Peer.greet(server.address);
  assert.equal(await again.refused({ op: "resume", token }), "token-invalid");
  assert.equal((await chat(["who", ...account], { server })).code, 3, "the old password");
  const all = await chat(["logout", "--all", ...account], { server, env: { CHAT_PASSWORD: fresh } });
  assert.deepEqual([all.code, all.json()], [0, [{ count: 0 }]], all.stderr);
});
