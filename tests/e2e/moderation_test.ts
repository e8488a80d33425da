/** Keeping order in a room: what each act does to those who are here, to those who come later, and after a restart. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Wish } from "../../lib/chat/act.ts";
import { Peer } from "../support/peer.ts";
import {
  ALICE,
  BOB,
  CAROL,
  enter,
  enterAsOwner,
  logIn,
  type Person,
  post,
  serve,
  temporaryFolder,
} from "../support/server.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const act = (peer: Peer, wish: Wish, id: string = crypto.randomUUID()) =>
  peer.get("stored", { op: "act", room: "lobby", id, act: wish });
const refusedAct = (peer: Peer, wish: Wish) =>
  peer.refused({ op: "act", room: "lobby", id: crypto.randomUUID(), act: wish });
const refusedPost = (peer: Peer, text = "hi") =>
  peer.get("error", { op: "post", room: "lobby", id: crypto.randomUUID(), text });
const moderator = ({ account }: Person): Wish => ({ type: "role", account, role: "moderator" });

async function refusedLogin(server: Parameters<typeof Peer.greet>[0], token: string) {
  await using peer = await Peer.greet(server);
  return await peer.get("error", { op: "resume", token });
}

Deno.test("the code that the first start shows makes one owner, once; roles are seen by everybody", async () => {
  await using server = await serve();
  const code = await server.ownerCode;
  await using alice = await enter(server, ALICE);
  await using bob = await enter(server, BOB);
  assert.equal(await bob.refused({ op: "owner", room: "lobby", code: "AAAA-BBBB-CCCC-DDDD" }), "owner-code-invalid");
  const claims = await Promise.all([alice, bob].map((peer) => peer.ask({ op: "owner", room: "lobby", code })));
  assert.deepEqual(claims.map(({ op }) => op).toSorted(), ["error", "stored"]);
  const [owner, other, second] = claims[0]?.op === "stored" ? [alice, bob, BOB] : [bob, alice, ALICE];
  assert.equal(await other.refused({ op: "owner", room: "lobby", code }), "owner-code-invalid");
  assert.equal(await refusedAct(other, moderator(second)), "not-allowed");
  await act(owner, moderator(second));
  const { roles } = await other.get("roles", { op: "roles", room: "lobby" });
  assert.deepEqual(roles.map(({ role }) => role).toSorted(), ["moderator", "owner"]);
  const { members } = await other.get("members", { op: "who", room: "lobby" });
  assert.deepEqual(members.map(({ role }) => role).toSorted(), ["moderator", "owner"]);
  assert.equal(await refusedAct(owner, { type: "role", account: 1, role: "owner" }), "account-unknown");
});

Deno.test("a mute is an event for everybody, silences text, files and uploads under way, and ends", async () => {
  await using server = await serve();
  await using alice = await enterAsOwner(server, ALICE);
  await using bob = await enter(server, BOB);
  await using carol = await enter(server, CAROL);
  const upload = { op: "upload", stream: 3, room: "lobby", id: crypto.randomUUID(), type: "file", name: "f" } as const;
  await bob.get("accepted", { ...upload, size: 10 });
  await bob.chunk(3, new Uint8Array(4));
  await bob.expect("ack");

  const id = crypto.randomUUID();
  const wish: Wish = { type: "mute", account: BOB.account, seconds: 600, reason: "flooding" };
  const { seq } = await act(alice, wish, id);
  assert.equal((await act(alice, wish, id)).seq, seq, "asked again, it is done once");
  const event = await carol.expect("event", (heard) => heard.type === "act" && heard.act.type === "mute");
  assert.ok(event.type === "act" && event.act.type === "mute");
  assert.deepEqual([event.seq, event.from.account, event.act.target.name, event.act.reason], [
    seq,
    ALICE.account,
    BOB.name,
    "flooding",
  ]);

  const refusal = await refusedPost(bob);
  assert.deepEqual([refusal.code, refusal.reason, refusal.until], ["muted", "flooding", event.act.until]);
  assert.equal(refusal.retryAfter, undefined, "a client does not wait for that");
  await bob.chunk(3, new Uint8Array(6));
  assert.equal((await bob.expect("error", ({ stream }) => stream === 3)).code, "muted");
  assert.equal(await bob.refused({ ...upload, id: crypto.randomUUID(), size: 10 }), "muted");
  assert.equal(await refusedAct(bob, { type: "unmute", account: BOB.account }), "not-allowed");

  await act(alice, { type: "unmute", account: BOB.account });
  await post(bob, "thank you");
});

Deno.test("what was said before a mute is acknowledged again, and what comes behind it in one write is not said", async () => {
  await using server = await serve();
  await using alice = await enterAsOwner(server, ALICE);
  await using bob = await enter(server, BOB);
  const id = crypto.randomUUID();
  const seq = await post(bob, "before", id);
  const say = (request: number, text: string) =>
    ({ op: "post", request, room: "lobby", id: crypto.randomUUID(), text }) as const;
  // Alice may say what she likes, and the posts behind the act share its moment.
  await alice.say(
    { op: "act", request: 900, room: "lobby", id: crypto.randomUUID(), act: { type: "mute", account: BOB.account } },
    say(901, "hers"),
  );
  await alice.expect("stored", ({ request }) => request === 900);
  assert.equal((await refusedPost(bob, "after")).code, "muted");
  assert.equal(await post(bob, "before", id), seq);
  const { events } = await alice.get("page", { op: "history", room: "lobby" });
  assert.ok(!events.some((event) => event.type === "post" && event.text === "after"));
});

Deno.test("a kick ends all sessions and keeps out for a while; a ban does so by every way in, and after a restart", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const account = { account: 2050, name: "Mallory", password: "mallory-was-here" };
  {
    await using server = await serve({ dataDir });
    await using alice = await enterAsOwner(server, ALICE);
    await using carol = await enter(server, CAROL);
    await using other = await logIn(server, CAROL);
    await act(alice, { type: "kick", account: CAROL.account, reason: "calm down" });
    const bye = await carol.expect("bye");
    assert.deepEqual([bye.reason, bye.why], ["kicked", "calm down"]);
    assert.ok((bye.until ?? 0) > Date.now());
    assert.equal((await other.expect("bye")).reason, "kicked");
    await Promise.all([carol.closed(), other.closed()]);
    const out = await refusedLogin(server.address, CAROL.token);
    assert.equal(out.code, "kicked");
    assert.ok((out.retryAfter ?? 0) > 0);

    await using mallory = await Peer.greet(server.address);
    await mallory.get("logged-in", { op: "register", ...account, remember: true });
    await mallory.get("joined", { op: "join", room: "lobby" });
    await act(alice, { type: "ban", account: account.account, seconds: 86_400, reason: "spam" });
    const banned = await mallory.expect("bye");
    assert.deepEqual([banned.reason, banned.why], ["banned", "spam"]);
    await mallory.closed();
    assert.deepEqual(server.log.filter(({ event }) => /failed/.test(event)), []);
  }
  await using server = await serve({ dataDir });
  await using peer = await Peer.greet(server.address);
  const { password } = account;
  const byPassword = await peer.get("error", { op: "login", account: account.account, password });
  assert.deepEqual([byPassword.code, byPassword.reason], ["banned", "spam"]);
  // To register again with the same number, name and password is a way to log in as well.
  assert.equal(await peer.refused({ op: "register", ...account }), "banned");
  assert.equal(
    await peer.refused({ op: "login", account: account.account, password: "wrong password" }),
    "wrong-credentials",
  );
  await using alice = await enter(server, ALICE);
  await act(alice, { type: "unban", account: account.account });
  await peer.get("logged-in", { op: "login", account: account.account, password });
});

Deno.test("a token is no way around a ban, and works again after it", async () => {
  await using server = await serve();
  await using alice = await enterAsOwner(server, ALICE);
  await act(alice, { type: "ban", account: BOB.account });
  assert.equal((await refusedLogin(server.address, BOB.token)).code, "banned");
  await act(alice, { type: "unban", account: BOB.account });
  await using bob = await enter(server, BOB);
  await post(bob, "back");
});

Deno.test("a banned range ends members' sessions, keeps them and newcomers out, and is told to moderators alone", async () => {
  await using server = await serve();
  await using alice = await enterAsOwner(server, ALICE);
  await act(alice, moderator(BOB));
  await using bob = await enter(server, BOB);
  await using carol = await enter(server, CAROL);
  const range = "127.0.0.0/8";
  assert.equal(await refusedAct(alice, { type: "ban-range", range }), "bad-range", "she is in it herself");
  assert.equal(await refusedAct(bob, { type: "ban-range", range: "203.0.113.0/24" }), "not-allowed");
  await act(alice, { type: "ban-range", range: "203.0.113.9/24", seconds: 600 });
  const event = await carol.expect("event", (heard) => heard.type === "act" && heard.act.type === "ban-range");
  assert.ok(!JSON.stringify(event).includes("203.0.113"));
  const page = await carol.get("page", { op: "history", room: "lobby" });
  assert.ok(!JSON.stringify(page).includes("203.0.113"));
  assert.equal(await carol.refused({ op: "audit", room: "lobby" }), "not-allowed");
  assert.ok(JSON.stringify(await bob.get("audited", { op: "audit", room: "lobby" })).includes("203.0.113.0/24"));
  assert.deepEqual((await bob.get("roles", { op: "roles", room: "lobby" })).ranges?.map((one) => one.range), [
    "203.0.113.0/24",
  ]);
  assert.equal((await carol.get("roles", { op: "roles", room: "lobby" })).ranges, undefined);
});

Deno.test("slow mode and read-only hold for members, files included, and survive a restart", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  {
    await using server = await serve({ dataDir });
    await using alice = await enterAsOwner(server, ALICE);
    await using bob = await enter(server, BOB);
    await act(alice, { type: "slow", seconds: 3600 });
    await post(bob, "one");
    const refusal = await refusedPost(bob);
    assert.equal(refusal.code, "slow-mode");
    assert.ok((refusal.retryAfter ?? 0) > 3_500_000);
    // Two at once are two as well.
    await using carol = await enter(server, CAROL);
    const answers = await Promise.all(
      ["a", "b"].map((text) => carol.ask({ op: "post", room: "lobby", id: crypto.randomUUID(), text })),
    );
    assert.deepEqual(answers.map(({ op }) => op).toSorted(), ["error", "stored"]);
    await post(alice, "she may");
    await post(alice, "at once");
  }
  {
    await using server = await serve({ dataDir });
    await using bob = await enter(server, BOB);
    assert.equal((await refusedPost(bob)).code, "slow-mode");
    await using alice = await enter(server, ALICE);
    await act(alice, { type: "slow", seconds: 0 });
    await act(alice, { type: "read-only", on: true });
    assert.equal((await refusedPost(bob)).code, "read-only");
  }
  await using server = await serve({ dataDir });
  await using bob = await enter(server, BOB);
  assert.equal((await refusedPost(bob)).code, "read-only");
  const upload = { op: "upload", stream: 1, room: "lobby", id: crypto.randomUUID(), type: "file", name: "f" } as const;
  assert.equal(await bob.refused({ ...upload, size: 1 }), "read-only");
});

Deno.test("a removed post is gone: from the room's memory, history, search, the database's files and the disk", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await using server = await serve({ dataDir });
  await using alice = await enterAsOwner(server, ALICE);
  await using bob = await enter(server, BOB);
  await using carol = await enter(server, CAROL);
  const secret = `secret ${randomBytes(24).toString("hex")}`;
  const seq = await post(bob, secret);
  const content = new Uint8Array(randomBytes(5000));
  const file = await sendBytes(bob, content, { name: "once.bin" });
  const twice = new Uint8Array(randomBytes(5000));
  const [one, two] = [await sendBytes(bob, twice), await sendBytes(carol, twice)];
  await until(
    async () => (await carol.get("found", { op: "search", room: "lobby", text: secret })).events.length === 1,
    "it to be found",
  );

  const isKept = async () => {
    const files = ["chat.sqlite", "chat.sqlite-wal"].map((name) => Deno.readFile(join(dataDir, name)));
    return (await Promise.all(files)).some((bytes) => new TextDecoder("latin1").decode(bytes).includes(secret));
  };
  assert.ok(await isKept());
  assert.equal(await refusedAct(carol, { type: "delete", post: seq }), "not-allowed");
  assert.equal(await refusedAct(alice, { type: "delete", post: 99 }), "post-unknown");
  assert.equal(await refusedAct(alice, { type: "delete", post: 1 }), "post-unknown", "an act is not removed");
  await act(alice, { type: "delete", post: seq, reason: "private" });
  await act(bob, { type: "delete", post: file.seq });
  const deletion = await carol.expect("event", (heard) => heard.type === "act" && heard.act.type === "delete");
  assert.ok(deletion.type === "act" && deletion.act.type === "delete");
  assert.equal(deletion.act.post, seq);
  assert.equal(await refusedAct(alice, { type: "delete", post: seq }), "post-unknown", "it is removed already");

  // Whoever comes later reads what is left, though the room's memory had the rest.
  await using late = await enter(server, CAROL, { after: seq - 1 });
  const first = await late.expect("event");
  assert.deepEqual([first.seq, first.type], [seq, "removed"]);
  assert.ok(first.type === "removed");
  assert.deepEqual([first.by.account, first.from.account, first.reason], [ALICE.account, BOB.account, "private"]);
  const head = (await alice.get("page", { op: "history", room: "lobby", limit: 1 })).head;
  const rest = await late.take("event", head - seq);
  assert.deepEqual(rest.map((event) => event.seq), Array.from({ length: head - seq }, (_, n) => seq + 1 + n));
  assert.ok(!JSON.stringify([first, ...rest]).includes(secret));
  const page = await alice.get("page", { op: "history", room: "lobby" });
  assert.ok(!JSON.stringify(page).includes(secret));
  assert.deepEqual((await alice.get("found", { op: "search", room: "lobby", text: secret })).events, []);
  assert.deepEqual((await alice.get("found", { op: "search", room: "lobby", text: secret.slice(0, 2) })).events, []);

  // Its author's retry is acknowledged, and brings nothing back.
  const { id } = page.events.find((event) => event.seq === seq) ?? {};
  assert.ok(id);
  assert.equal(await post(bob, secret, id), seq);
  assert.ok(!await isKept());

  assert.equal(await alice.refused({ op: "download", stream: 9, id: file.id }), "file-unknown");
  const blob = (sha256: string | undefined) => join(dataDir, "file", sha256 ?? "");
  await assert.rejects(Deno.stat(blob(file.sha256)), Deno.errors.NotFound);
  await act(bob, { type: "delete", post: one.seq });
  assert.deepEqual(await fetchBytes(alice, two.id), twice, "another post has the same file");
  await act(alice, { type: "delete", post: two.seq });
  await assert.rejects(Deno.stat(blob(two.sha256)), Deno.errors.NotFound);
});

Deno.test("acts keep their order and numbers through retention, and what follows from them stays", async () => {
  await using server = await serve({ retain: { posts: 3 }, intervals: { trim: 20, clean: 20 } });
  await using alice = await enterAsOwner(server, ALICE);
  await using bob = await enter(server, BOB);
  await act(alice, { type: "mute", account: BOB.account });
  for (let n = 0; n < 6; n++) await post(alice, `post ${n}`);
  await until(
    async () => (await alice.get("page", { op: "history", room: "lobby" })).first > 2,
    "the mute's event to go",
  );
  assert.equal((await refusedPost(bob)).code, "muted");
  const { acts } = await alice.get("audited", { op: "audit", room: "lobby" });
  assert.deepEqual(acts.map(({ act }) => act.type), ["claim", "mute"]);
});
