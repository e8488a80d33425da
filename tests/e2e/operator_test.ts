/** Keeping order and accounts from the machine, while people are there. */
import assert from "node:assert/strict";
import { operator, type OperatorOptions } from "../support/operator.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, CAROL, enter, logIn, post, spawnServer, temporaryFolder } from "../support/server.ts";

async function withServer(stack: AsyncDisposableStack) {
  const dataDir = temporaryFolder(stack);
  const server = stack.use(await spawnServer(dataDir));
  const ask = (args: readonly string[], options?: OperatorOptions) =>
    operator([...args, "--data-dir", dataDir], options);
  return { server, ask };
}

const said = (text: string) => ({ op: "post", room: "lobby", id: crypto.randomUUID(), text }) as const;

Deno.test("kick, mute, ban, role and invite: done at once, seen by everybody, and said in a line", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask } = await withServer(stack);
  const bob = stack.use(await enter(server, BOB));
  const alice = stack.use(await enter(server, ALICE));

  const kicked = await ask(["kick", "1001", "--reason", "spam"]);
  assert.deepEqual([kicked.code, kicked.stdout], [0, "the operator sent Alice (1001) away: spam\n"], kicked.stderr);
  await alice.closed();
  const seen = await bob.expect("event", (event) => event.type === "act");
  assert.deepEqual(seen.from, { account: 0, name: "operator" });

  await post(bob, "before");
  assert.equal((await ask(["mute", "1002", "--for", "2h"])).code, 0);
  assert.equal(await bob.refused(said("muted")), "muted");
  assert.match((await ask(["unmute", "1002"])).stdout, /^the operator let 鲍勃 \(1002\) speak again\n$/);
  await post(bob, "after");

  const [ban] = (await ask(["ban", "1002", "--json"])).rows;
  assert.deepEqual(ban?.act, { type: "ban", target: { account: 1002, name: "鲍勃" } });
  await bob.closed();
  await using again = await Peer.greet(server.address);
  assert.equal(await again.refused({ op: "resume", token: BOB.token }), "banned");
  assert.equal((await ask(["unban", "1002"])).code, 0);
  stack.use(await logIn(server, BOB));

  assert.match((await ask(["ban", "192.0.2.0/24", "--for", "1d"])).stdout, /banned an address range until/);
  assert.equal((await ask(["unban", "192.0.2.0/24"])).code, 0);
  assert.match((await ask(["role", "1003", "moderator"])).stdout, /made Carol \(1003\) moderator/);
  const { rows: [invitation] } = await ask(["invite", "--uses", "3", "--json"]);
  assert.equal(invitation?.uses, 3);
  assert.equal(typeof invitation?.code, "string");

  for (
    const [args, code] of [
      [["kick", "999"], 3],
      [["unban", "10.0.0.0/8"], 3],
      [["kick", "nobody"], 2],
      [["kick"], 2],
      [["mute", "1002", "--for", "soon"], 2],
      [["ban", "1.2.3.4.5"], 3],
      [["role", "1003", "king"], 2],
      [["invite", "--uses", "0"], 2],
    ] as const
  ) {
    const outcome = await ask(args);
    assert.deepEqual([outcome.code, outcome.stdout], [code, ""], args.join(" "));
    assert.match(outcome.stderr, /^[^\n]+\n$/);
  }
  const roles = (await ask(["account", "list", "--json"])).rows;
  assert.deepEqual(roles.map(({ account, name, role, here }) => [account, name, role, here]), [
    [1001, "Alice", "member", false],
    [1002, "鲍勃", "member", true],
    [1003, "Carol", "moderator", false],
  ]);
  assert.match((await ask(["account", "list"])).stdout, /^account +name +role +created +here\n1001 +Alice +member +\S/);
});

Deno.test("a new password logs every device out and lets in by itself; a removed account lets nobody in", async () => {
  await using stack = new AsyncDisposableStack();
  const { server, ask } = await withServer(stack);
  const alice = stack.use(await enter(server, ALICE));
  const carol = stack.use(await enter(server, CAROL));
  const env = { CHAT_PASSWORD: "a-new-password" };
  const changed = await ask(["account", "password", "1001"], { env });
  assert.deepEqual([changed.code, changed.stdout], [0, "Alice has a new password; 1 devices were logged out\n"]);
  await alice.closed();
  await using back = await Peer.greet(server.address);
  assert.equal(await back.refused({ op: "resume", token: ALICE.token }), "token-invalid");
  assert.equal(await back.refused({ op: "login", account: 1001, password: "another-password" }), "wrong-credentials");
  await back.get("logged-in", { op: "login", account: 1001, password: env.CHAT_PASSWORD });
  assert.doesNotMatch(server.stderr(), /a-new-password/);

  const removed = await ask(["account", "remove", "1001", "--json"]);
  assert.deepEqual(removed.rows, [{ account: 1001, name: "Alice", devices: 0 }]);
  await back.closed();
  await using gone = await Peer.greet(server.address);
  assert.equal(await gone.refused({ op: "login", account: 1001, password: env.CHAT_PASSWORD }), "wrong-credentials");
  assert.equal(
    await gone.refused({ op: "register", account: 1001, name: "Eve", password: "secret-1" }),
    "account-taken",
  );
  await post(carol, "still here");

  for (
    const [args, code, why] of [
      [["account", "password", "1003"], 2, /Set CHAT_PASSWORD/],
      [["account", "password", "999"], 3, /no account 999/],
      [["account", "remove", "999"], 3, /no account 999/],
    ] as const
  ) {
    const outcome = await ask(args, args[2] === "1003" ? { env: { CHAT_PASSWORD: "" } } : { env });
    assert.equal(outcome.code, code, args.join(" "));
    assert.match(outcome.stderr, why);
  }
  const short = await ask(["account", "password", "1003"], { env: { CHAT_PASSWORD: "12" } });
  assert.match(short.stderr, /a password has 6 to 128 characters/);
  await post(carol, "and still");
});
