/** What every store does for those who keep order: acts and what follows from them, removal, codes and the audit log. */
import assert from "node:assert/strict";
import type { Act } from "../../lib/chat/act.ts";
import { enact, UNMODERATED } from "../../lib/chat/moderation.ts";
import { type Account, type Draft, OPERATOR } from "../../lib/chat/types.ts";
import type { NewCode, Store } from "../../lib/store/store.ts";
import { ALICE, AT, BOB, count, draft, newAccount, seqs, type Step, stored } from "./store_suite.ts";

const act = (act: Act, from: Account = ALICE): Draft => ({ id: crypto.randomUUID(), from, type: "act", act });

const RANGE = "2001:db8::/32";
const REASON = "\"'\\%_; 太吵了 👩‍👩‍👧‍👦";

/** Every kind of act, with and without its terms; the last of each kind is what counts. */
const everyAct = (): readonly Act[] => [
  { type: "claim", target: ALICE },
  { type: "role", target: BOB, role: "moderator" },
  { type: "role", target: BOB, role: "owner" },
  { type: "kick", target: BOB, until: AT + 60_000 },
  { type: "mute", target: BOB },
  { type: "mute", target: BOB, until: AT + 1000, reason: REASON },
  { type: "ban", target: BOB, reason: REASON },
  { type: "ban-range", range: RANGE, until: AT + 1000 },
  { type: "ban-range", range: RANGE, reason: REASON },
  { type: "slow", seconds: 30 },
  { type: "read-only", on: true },
  { type: "invite", uses: 3, until: AT + 1000 },
  { type: "delete", post: 99, target: BOB, reason: REASON },
  { type: "unmute", target: BOB, reason: REASON },
  { type: "unban", target: BOB },
  { type: "unban-range", range: RANGE },
  { type: "role", target: BOB, role: "member" },
  { type: "slow", seconds: 0 },
  { type: "read-only", on: false },
];

export async function orderSuite(step: Step): Promise<void> {
  const sequence = everyAct();
  await step("the tables say after every act what the acts say one after the other", async (store) => {
    await people(store);
    assert.deepEqual(await store.moderation("lobby"), UNMODERATED);
    let expected = UNMODERATED;
    for (const [index, what] of sequence.entries()) {
      const [result] = await store.append("lobby", [act(what)], AT);
      assert.equal(stored(result).seq, index + 1);
      expected = enact(expected, what);
      assert.deepEqual(await store.moderation("lobby"), expected, what.type);
    }
    const posts = await store.posts("lobby", { after: 0, limit: 100 });
    assert.deepEqual(posts.map((post) => post.type === "act" && post.act), sequence);
  });

  await step("an act that is sent again counts once", async (store) => {
    await people(store);
    const mute = act({ type: "mute", target: BOB });
    const [first] = await store.append("lobby", [mute], AT);
    await store.append("lobby", [act({ type: "unmute", target: BOB })], AT);
    assert.deepEqual(await store.append("lobby", [mute], AT), [{ status: "duplicate", post: stored(first) }]);
    assert.equal((await store.moderation("lobby")).mutes.size, 0);
    assert.equal((await audit(store)).length, 2);
  });

  await step("roles and bans hold in every room, slowness and read-only in their own", async (store) => {
    await people(store);
    const acts: readonly Act[] = [
      { type: "claim", target: ALICE },
      { type: "ban", target: BOB },
      { type: "slow", seconds: 5 },
      { type: "read-only", on: true },
    ];
    await store.append("lobby", acts.map((what) => act(what)), AT);
    const { roles, bans, slow, readOnly } = await store.moderation("cellar");
    assert.deepEqual([[...roles.keys()], [...bans.keys()], slow, readOnly], [[1001], [1002], 0, false]);
  });

  await step("what is over is forgotten by the next act", async (store) => {
    await people(store);
    await store.append("lobby", [act({ type: "mute", target: BOB, until: AT + 10 })], AT);
    await store.append("lobby", [act({ type: "ban", target: BOB, until: AT + 50 })], AT + 10);
    const { mutes, bans } = await store.moderation("lobby");
    assert.deepEqual([mutes.size, bans.size], [0, 1]);
  });

  await step("a removed post keeps its number and nothing else", async (store) => {
    const said = draft("the 密 secret needle", BOB);
    const info = { name: "needle.png", size: 1000, sha256: "0f".repeat(32), media: "image/png" };
    const picture: Draft = { id: crypto.randomUUID(), from: BOB, type: "image", ...info };
    await store.append("lobby", [said, picture, draft("stays")], AT);
    const removals = [1, 2].map((post) => act({ type: "delete", post, target: BOB, reason: REASON }));
    for (const removal of removals) await store.append("lobby", [removal], AT + 5);

    const posts = await store.posts("lobby", { after: 0, limit: 10 });
    const gone = { type: "removed", from: BOB, at: AT, by: ALICE, reason: REASON };
    assert.deepEqual(posts.slice(0, 2), [{ ...gone, seq: 1, id: said.id }, { ...gone, seq: 2, id: picture.id }]);
    assert.deepEqual(seqs(posts), count(5));
    assert.deepEqual(await store.post(picture.id), { room: "lobby", post: posts[1] });
    for (const text of ["needle", "密", "secret"]) {
      assert.deepEqual((await store.search("lobby", { text, before: 100, limit: 9 })).posts, [], text);
    }
    assert.deepEqual(await store.usedFiles([info.sha256]), []);
    assert.equal(await store.fileBytes(BOB.account), 0);
    // The five bytes that stay, and the acts, are all that counts now.
    assert.equal((await store.trim("lobby", { bytes: 5, now: AT, upTo: 3 })).removed, 0);
  });

  await step("a removal that is sent again is no other one, and it may be of nothing", async (store) => {
    await store.append("lobby", [draft("here", BOB)], AT);
    const remove = (post: number, from: Account = ALICE) => act({ type: "delete", post, target: BOB }, from);
    await store.append("lobby", [remove(1, OPERATOR)], AT);
    const [first] = await store.posts("lobby", { after: 0, limit: 1 });
    for (const again of [remove(1), remove(2), remove(77)]) await store.append("lobby", [again], AT);
    assert.deepEqual((await store.posts("lobby", { after: 0, limit: 1 }))[0], first);
    const acts = (await store.posts("lobby", { after: 1, limit: 9 })).map(({ type }) => type);
    assert.deepEqual(acts, ["act", "act", "act", "act"]);
  });

  await step("the sender of a removed post who says it again is answered with what became of it", async (store) => {
    const said = draft("again?", BOB);
    await store.append("lobby", [said], AT);
    await store.append("lobby", [act({ type: "delete", post: 1, target: BOB })], AT);
    const [again] = await store.append("lobby", [said], AT);
    assert.equal(again?.status, "duplicate");
    assert.equal(again.post.type, "removed");
  });

  await step("the audit log is read backwards, and outlives the events", async (store) => {
    await people(store);
    const acts = sequence.map((what) => act(what));
    await store.append("lobby", acts, AT);
    await store.append("cellar", [act({ type: "slow", seconds: 1 })], AT);
    const log = await audit(store);
    assert.deepEqual(log.map((post) => post.act), sequence.toReversed());
    assert.deepEqual(log.at(-1), { ...acts[0], type: "act", seq: 1, at: AT });
    assert.deepEqual(seqs(await store.audit("lobby", { before: 10, limit: 3 })), [9, 8, 7]);
    assert.deepEqual(await store.audit("lobby", { before: 1, limit: 3 }), []);
    await store.append("lobby", [draft("last")], AT);
    await store.trim("lobby", { posts: 1, now: AT, upTo: acts.length + 1 });
    assert.deepEqual(await audit(store), log);
    assert.equal((await store.moderation("lobby")).roles.get(ALICE.account)?.role, "owner");
  });

  await step("a code holds for its kind, its time and its uses", async (store) => {
    await store.createCode(code("a"));
    await store.createCode({ ...code("b"), kind: "owner" });
    const has = (digit: string, kind: NewCode["kind"], now = AT) => store.hasCode(digit.repeat(64), { kind, now });
    assert.deepEqual([await has("a", "invite"), await has("a", "owner"), await has("c", "invite")], [
      true,
      false,
      false,
    ]);
    assert.deepEqual([await has("b", "owner"), await has("b", "invite")], [true, false]);
    assert.deepEqual([await has("a", "invite", AT + 999), await has("a", "invite", AT + 1000)], [true, false]);
    await store.deleteCodes("owner");
    assert.deepEqual([await has("b", "owner"), await has("a", "invite")], [false, true]);
  });

  await step("an invitation lets in as many as it says, however many come at once", async (store) => {
    await store.createCode({ ...code("a"), uses: 3 });
    const now = { createdAt: AT };
    const results = await Promise.all(
      count(8).map(() => store.createAccount({ ...newAccount(), ...now, invite: "a".repeat(64) })),
    );
    const statuses = results.map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [...count(3).map(() => "created"), ...count(5).map(() => "not-invited")]);
    assert.equal(await store.hasCode("a".repeat(64), { kind: "invite", now: AT }), false);
    assert.equal((await store.accounts({ after: 0, limit: 100 })).length, 3);
  });

  await step("an invitation is not used up by an account that is not made", async (store) => {
    await store.createCode(code("a"));
    await store.createCode({ ...code("b"), kind: "owner" });
    const by = (digit: string, account: number, createdAt = AT) =>
      store.createAccount({ ...newAccount(account), createdAt, invite: digit.repeat(64) });
    await store.createAccount(newAccount(777));
    assert.deepEqual(await by("a", 777), { status: "taken" });
    assert.deepEqual(await by("b", 778), { status: "not-invited" });
    assert.deepEqual(await by("c", 778), { status: "not-invited" });
    assert.deepEqual(await by("a", 778, AT + 1000), { status: "not-invited" });
    assert.equal(await store.account(778), undefined);
    assert.deepEqual(await by("a", 778), { status: "created", account: 778 });
    assert.deepEqual(await by("a", 779), { status: "not-invited" });
  });
}

const code = (digit: string): NewCode => ({
  hash: digit.repeat(64),
  kind: "invite",
  uses: 1,
  createdAt: AT,
  expiresAt: AT + 1000,
});

async function people(store: Store): Promise<void> {
  for (const { account, name } of [ALICE, BOB]) await store.createAccount(newAccount(account, name));
}

const audit = (store: Store) => store.audit("lobby", { before: Number.MAX_SAFE_INTEGER, limit: 100 });
