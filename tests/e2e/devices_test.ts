/** A person's devices: listed, logged out, and a new password, which logs out all others. */
import assert from "node:assert/strict";
import { Peer } from "../support/peer.ts";
import { serve, type TestServer } from "../support/server.ts";
import { QtClient } from "../support/qt_client.ts";

const PASSWORD = "correct horse";

/** A connection of account 4001 that has logged in and has a token. */
async function device(server: TestServer, name: string, password = PASSWORD) {
  const peer = await Peer.greet(server.address);
  const { token = "" } = await peer.get("logged-in", {
    op: "login",
    account: 4001,
    password,
    remember: true,
    device: name,
  });
  return { peer, token };
}

async function register(server: TestServer) {
  await using peer = await Peer.greet(server.address);
  await peer.get("logged-in", { op: "register", account: 4001, name: "Dora", password: PASSWORD });
}

async function resumed(server: TestServer, token: string): Promise<string> {
  await using peer = await Peer.greet(server.address);
  const answer = await peer.ask({ op: "resume", token });
  return answer.op === "error" ? answer.code : answer.op;
}

Deno.test("devices are listed with their names, and one is logged out at once", async () => {
  await using server = await serve();
  await register(server);
  const laptop = await device(server, "  lap\u001b[31m\u202etop\n ");
  const phone = await device(server, "phone");
  await using _ = laptop.peer;
  await using __ = phone.peer;
  await using again = await Peer.greet(server.address);
  await again.get("logged-in", { op: "resume", token: phone.token });

  const { devices } = await laptop.peer.get("devices", { op: "devices" });
  assert.deepEqual(devices.map(({ device, name, current }) => [device, name, current]), [
    [1, "lap [31m top", true],
    [2, "phone", false],
  ]);
  assert.ok(devices.every(({ created, used }) => created > 0 && used >= created));

  assert.equal(await laptop.peer.refused({ op: "revoke", device: 7 }), "unknown-device");
  assert.equal((await laptop.peer.get("revoked", { op: "revoke", device: 2 })).count, 1);
  for (const peer of [phone.peer, again]) {
    assert.equal((await peer.expect("bye")).reason, "revoked");
    await peer.closed();
  }
  assert.equal(await resumed(server, phone.token), "token-invalid", "a token that was stolen is no use any more");
  assert.equal(await resumed(server, laptop.token), "logged-in");
});

Deno.test("logging out everywhere ends everything of that account, also what has no token", async () => {
  await using server = await serve();
  await register(server);
  const { peer, token } = await device(server, "laptop");
  await using _ = peer;
  await using script = await Peer.greet(server.address);
  await script.get("logged-in", { op: "login", account: 4001, password: PASSWORD });
  await using old = await QtClient.open(server, { account: 4001, name: "Dora" });
  assert.equal((await old.login(PASSWORD)).status, 0);
  await using stranger = await Peer.greet(server.address);
  await stranger.get("logged-in", { op: "register", account: 4002, name: "Eve", password: "eve-eve" });

  assert.equal((await peer.get("revoked", { op: "revoke" })).count, 1);
  for (const one of [peer, script]) {
    assert.equal((await one.expect("bye")).reason, "revoked");
    await one.closed();
  }
  await old.closed();
  assert.equal(await resumed(server, token), "token-invalid");
  await stranger.get("pong", { op: "ping" });
});

Deno.test("a new password logs out all other devices, and the old one is void", async () => {
  await using server = await serve();
  await register(server);
  const laptop = await device(server, "laptop");
  const phone = await device(server, "phone");
  await using _ = laptop.peer;
  await using __ = phone.peer;
  assert.equal(
    await laptop.peer.refused({ op: "password", old: "wrong horse", new: "better horse" }),
    "wrong-credentials",
  );
  assert.equal(await laptop.peer.refused({ op: "password", old: PASSWORD, new: "short" }), "bad-password");
  await laptop.peer.get("password-changed", { op: "password", old: PASSWORD, new: "better horse" });
  assert.equal((await phone.peer.expect("bye")).reason, "revoked");
  assert.equal(await resumed(server, phone.token), "token-invalid");
  assert.equal(await resumed(server, laptop.token), "logged-in");
  await laptop.peer.get("pong", { op: "ping" });
  await using next = await Peer.greet(server.address);
  assert.equal(await next.refused({ op: "login", account: 4001, password: PASSWORD }), "wrong-credentials");
  await next.get("logged-in", { op: "login", account: 4001, password: "better horse" });
});
