/** Who may make an account: with an invitation, as often as it holds; with the owner's code, while there is no owner. */
import assert from "node:assert/strict";
import { Peer } from "../support/peer.ts";
import { ALICE, enter, enterAsOwner, serve } from "../support/server.ts";

const register = (name: string, invite?: string) =>
  ({ op: "register", name, password: "a password", ...(invite === undefined ? {} : { invite }) }) as const;

Deno.test("an invitation is good for so many people, and no more, however many come at once", async () => {
  await using server = await serve({ registration: "invite" });
  await using alice = await enterAsOwner(server, ALICE);
  const { code } = await alice.get("invited", { op: "invite", room: "lobby", uses: 2 });
  await using peer = await Peer.greet(server.address);
  assert.equal(await peer.refused(register("Nobody")), "invite-required");
  assert.equal(await peer.refused(register("Nobody", "AAAA-BBBB-CCCC-DDDD")), "invite-invalid");
  const peers = await Promise.all([1, 2, 3, 4].map(() => Peer.greet(server.address)));
  const typed = code.toLowerCase().replaceAll("-", " ");
  const answers = await Promise.all(peers.map((each, n) => each.ask(register(`Guest ${n}`, typed))));
  for (const each of peers) await each[Symbol.asyncDispose]();
  assert.deepEqual(answers.map(({ op }) => op).toSorted(), ["error", "error", "logged-in", "logged-in"]);
  assert.ok(answers.every((answer) => answer.op !== "error" || answer.code === "invite-invalid"));
});

Deno.test("where registration is closed the owner's code lets its bearer in, until there is an owner", async () => {
  await using server = await serve({ registration: "closed" });
  const code = await server.ownerCode;
  await using peer = await Peer.greet(server.address);
  assert.equal(await peer.refused(register("Nobody")), "registration-closed");
  await peer.get("logged-in", register("Founder", code));
  await peer.get("stored", { op: "owner", room: "lobby", code });
  await using other = await Peer.greet(server.address);
  assert.equal(await other.refused(register("Second", code)), "registration-closed");
  await using alice = await enter(server, ALICE);
  assert.equal(await alice.refused({ op: "invite", room: "lobby" }), "not-allowed");
});
