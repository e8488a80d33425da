/** Keeping order by script: what each command does, prints and exits with. */
import assert from "node:assert/strict";
import { chat } from "../support/client.ts";
import { BOB, enter, post, serve } from "../support/server.ts";
import { within } from "../support/within.ts";

const DORA = "2001";

Deno.test("a script becomes the owner, keeps order, and reads what was done", async () => {
  await using server = await serve({ registration: "invite" });
  const code = await within(server.ownerCode, "the owner's code");
  const made = await chat(["register", "--account", DORA, "--name", "Dora", "--invite", code], { server });
  assert.equal(made.code, 0, made.stderr);
  const run = (...args: readonly string[]) => chat([...args, "--account", DORA, "--json"], { server });
  const done = async (...args: readonly string[]) => {
    const ran = await run(...args);
    assert.equal(ran.code, 0, ran.stderr);
    return ran.json();
  };
  const refused = await run("mute", String(BOB.account));
  assert.deepEqual([refused.code, refused.stdout], [3, ""]);
  assert.deepEqual((await done("owner", code)).map(({ seq }) => seq), [1]);
  assert.equal((await run("owner", code)).code, 3, "once");

  await using bob = await enter(server, BOB);
  const said = await post(bob, "something rude");
  assert.equal((await done("delete", String(said), "rude")).length, 1);
  await done("mute", String(BOB.account), "10m", "too", "loud");
  assert.equal(await bob.refused({ op: "post", room: "lobby", id: crypto.randomUUID(), text: "muted" }), "muted");
  await done("unmute", String(BOB.account));
  await done("role", String(BOB.account), "moderator");
  await done("slow", "30");
  await done("readonly", "on");
  await done("ban", "203.0.113.0/24", "1d", "bots");
  const [standing] = await done("roles");
  assert.deepEqual([standing?.slow, standing?.readOnly], [30, true]);
  const text = JSON.stringify(standing);
  for (const part of ["Dora", "moderator", "203.0.113.0/24", "bots"]) assert.ok(text.includes(part), part);

  const [invitation] = await done("invite", "--uses", "2");
  const guest = ["register", "--name", "Guest", "--invite", String(invitation?.code)];
  assert.equal((await chat(guest, { server })).code, 0);
  assert.equal((await chat(["register", "--name", "Guest"], { server })).code, 3);

  const acts = (await done("audit")).map(({ act }) => (act as { readonly type: string }).type);
  const expected = ["claim", "delete", "mute", "unmute", "role", "slow", "read-only", "ban-range", "invite"];
  assert.deepEqual(acts, expected);
  const history = await done("history");
  assert.ok(!JSON.stringify(history).includes("something rude"));
  assert.deepEqual(history.find(({ seq }) => seq === said)?.type, "removed");
});

Deno.test("a command that makes no sense is told how it is written, and exits with 2", async () => {
  await using server = await serve();
  const made = await chat(["register", "--account", DORA, "--name", "Dora"], { server });
  assert.equal(made.code, 0, made.stderr);
  const usage = await chat(["slow", "often", "--account", DORA], { server });
  assert.deepEqual([usage.code, usage.stdout], [2, ""]);
  assert.match(usage.stderr, /Write it as: chat slow SECONDS/);
  const nobody = await chat(["kick", "Bob", "--account", DORA], { server });
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /"Bob" is not an account; write its number/);
});
