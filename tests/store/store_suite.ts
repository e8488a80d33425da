/** What every store does, whatever is below it: the steps that both adapters' tests run. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Draft, Post } from "../../lib/chat/types.ts";
import type { AppendResult, NewAccount, Store } from "../../lib/store/store.ts";
import { orderSuite } from "./order_suite.ts";
import { pastSuite } from "./past_suite.ts";

/** Opens one and the same database each time; at first it is empty. */
export type OpenStore = () => Promise<Store>;

export const AT = 1_763_900_000_000;
export const ALICE = { account: 1001, name: "Alice" };
export const BOB = { account: 1002, name: "Bob" };

const AWKWARD = [
  "中文",
  "👩‍👩‍👧‍👦🏳️‍🌈e\u0301",
  `'"\`\\%_;--/*`,
  "'); DROP TABLE chat_post; --",
  "a\0b\0",
  "\u001b[31mred\r\n\t",
  " spaces around ",
  "\u{10FFFF}\uFFFE",
];

export const draft = (text: string, from = ALICE): Draft => ({ id: crypto.randomUUID(), from, type: "post", text });

export const newAccount = (account?: number, name = "Someone"): NewAccount => ({
  ...(account === undefined ? {} : { account }),
  name,
  passwordHash: `$argon2id$${crypto.randomUUID()}`,
  createdAt: AT,
});

/** The post that was stored now; fails on any other outcome. */
export function stored(result: AppendResult | undefined): Post {
  assert.equal(result?.status, "stored");
  return result.post;
}

export const seqs = (posts: readonly Post[]): number[] => posts.map((post) => post.seq);
export const count = (length: number, first = 1): number[] => Array.from({ length }, (_, index) => first + index);

/** A step with a store of its own. */
export type Step = (name: string, body: (store: Store) => Promise<void>) => Promise<void>;

/** Runs the steps, each on a database that `create` makes for it. */
export async function storeSuite(t: Deno.TestContext, create: () => OpenStore): Promise<void> {
  async function step(name: string, body: (store: Store) => Promise<void>): Promise<void> {
    await t.step(name, () => withStore(create(), body));
  }

  await step("a chosen number is given once", async (store) => {
    const first = newAccount(777, "Ann");
    assert.deepEqual(await store.createAccount(first), { status: "created", account: 777 });
    assert.deepEqual(await store.createAccount(newAccount(777, "Eve")), { status: "taken" });
    assert.deepEqual(await store.account(777), { ...first, account: 777 });
    assert.equal(await store.account(778), undefined);
  });

  await step("accounts are listed by number, in pages", async (store) => {
    for (const account of [900, 100, 65_535, 777]) await store.createAccount(newAccount(account, `${account}`));
    const page = async (after: number, limit: number) =>
      (await store.accounts({ after, limit })).map(({ account, name }) => [account, name]);
    assert.deepEqual(await page(0, 3), [[100, "100"], [777, "777"], [900, "900"]]);
    assert.deepEqual(await page(900, 3), [[65_535, "65535"]]);
    assert.deepEqual(await page(65_535, 3), []);
  });

  await step("the next free number is the lowest from 1001, then from 100", async (store) => {
    const next = async () => await store.createAccount(newAccount());
    await store.createAccount(newAccount(1002));
    await store.createAccount(newAccount(500));
    assert.deepEqual(await next(), { status: "created", account: 1001 });
    assert.deepEqual(await next(), { status: "created", account: 1003 });
  });

  await step("ten people at once get ten numbers", async (store) => {
    const results = await Promise.all(count(10).map(() => store.createAccount(newAccount())));
    const numbers = results.map((result) => result.status === "created" ? result.account : undefined);
    assert.deepEqual(numbers.toSorted(), count(10, 1001));
  });

  await step("of ten who want one number, one gets it", async (store) => {
    const results = await Promise.all(count(10).map(() => store.createAccount(newAccount(4711))));
    assert.deepEqual(results.filter((result) => result.status === "created").length, 1);
    assert.deepEqual(results.filter((result) => result.status === "taken").length, 9);
  });

  await step("a password changes once, whoever else has changed it meanwhile", async (store) => {
    const account = newAccount(777);
    const { passwordHash } = account;
    await store.createAccount(account);
    const to = `${passwordHash}2`;
    assert.equal(await store.changePassword({ account: 777, from: "another", to }), false);
    assert.equal((await store.account(777))?.passwordHash, passwordHash);
    assert.equal(await store.changePassword({ account: 777, from: passwordHash, to }), true);
    assert.equal(
      await store.changePassword({ account: 777, from: passwordHash, to }),
      true,
      "the same call, made again",
    );
    assert.equal(await store.changePassword({ account: 777, from: passwordHash, to: "x" }), false);
    assert.equal((await store.account(777))?.passwordHash, to);
    assert.equal(await store.changePassword({ account: 778, from: passwordHash, to }), false);
  });

  await step("a token is good until it expires or is deleted", async (store) => {
    const account = newAccount(1001, "Ann");
    await store.createAccount(account);
    const hash = "ab".repeat(32);
    await store.createToken({ hash, account: 1001, createdAt: AT, expiresAt: AT + 1000 });
    assert.deepEqual(await store.tokenAccount(hash, AT + 999), { ...account, account: 1001 });
    assert.equal(await store.tokenAccount(hash, AT + 1000), undefined);
    assert.equal(await store.tokenAccount("cd".repeat(32), AT), undefined);
    await store.deleteToken(hash);
    assert.equal(await store.tokenAccount(hash, AT), undefined);
    await store.deleteToken(hash);
  });

  await step("a token may be stored again, and a new one clears those that are over", async (store) => {
    await store.createAccount(newAccount(1001, "Ann"));
    const token = { hash: "ab".repeat(32), account: 1001, createdAt: AT, expiresAt: AT + 10 };
    await store.createToken(token);
    await store.createToken(token);
    assert.equal((await store.tokenAccount(token.hash, AT))?.name, "Ann");
    await store.createToken({ ...token, hash: "cd".repeat(32), createdAt: AT + 10, expiresAt: AT + 20 });
    assert.equal(await store.tokenAccount(token.hash, AT), undefined);
  });

  await step("an account counts its devices, and forgets one, or all but one", async (store) => {
    await store.createAccount(newAccount(1001, "Ann"));
    await store.createAccount(newAccount(1002, "Bob"));
    const [one, two, three] = ["a1", "b2", "c3"].map((pair) => pair.repeat(32)) as [string, string, string];
    const token = { account: 1001, createdAt: AT, expiresAt: AT + 10_000_000 };
    await store.createToken({ ...token, hash: one, name: "密 laptop" });
    await store.createToken({ ...token, hash: two });
    await store.createToken({ ...token, hash: "d4".repeat(32), account: 1002, name: "Bob's" });
    const used = { createdAt: AT, usedAt: AT };
    const first = { device: 1, hash: one, name: "密 laptop", ...used },
      second = { device: 2, hash: two, name: "", ...used };
    assert.deepEqual(await store.devices(1001, AT), [first, second]);
    assert.deepEqual(await store.devices(1001, AT + 10_000_000), []);
    await store.useToken(one, AT + 10);
    await store.useToken(two, AT + 3_600_001);
    assert.deepEqual((await store.devices(1001, AT)).map(({ usedAt }) => usedAt), [AT, AT + 3_600_001]);
    await store.deleteToken(two);
    await store.createToken({ ...token, hash: three });
    assert.deepEqual((await store.devices(1001, AT)).map(({ device }) => device), [1, 3], "no number is given again");
    await store.deleteTokens(1001, three);
    assert.deepEqual((await store.devices(1001, AT)).map(({ hash }) => hash), [three]);
    await store.deleteTokens(1001, undefined);
    assert.deepEqual(await store.devices(1001, AT), []);
    assert.equal((await store.devices(1002, AT)).length, 1);
  });

  await step("many who come at once each get their token", async (store) => {
    const numbers = count(200, 1001);
    await Promise.all(numbers.map(async (account) => {
      await store.createAccount(newAccount(account, `n${account}`));
      const hash = String(account).padStart(64, "0");
      await store.createToken({ hash, account, createdAt: AT, expiresAt: AT + 10 });
    }));
    const found = await Promise.all(numbers.map((account) => store.devices(account, AT)));
    assert.ok(found.every(({ length }) => length === 1));
  });

  await step("no account has more than fifty devices", async (store) => {
    await store.createAccount(newAccount(1001, "Ann"));
    for (const number of count(55)) {
      const hash = String(number).padStart(64, "0");
      await store.createToken({ hash, account: 1001, createdAt: AT, expiresAt: AT + 10 });
    }
    assert.deepEqual((await store.devices(1001, AT)).map(({ device }) => device), count(50, 6));
  });

  await step("names and texts come back as they were", async (store) => {
    const texts = [...AWKWARD, "x".repeat(64 * 1024), "密".repeat(20_000)];
    // A name is never stored with control characters in it, which the rules for names refuse.
    for (const [index, name] of AWKWARD.map((text) => text.replace(/\p{Cc}/gu, "")).entries()) {
      await store.createAccount(newAccount(200 + index, name));
      assert.equal((await store.account(200 + index))?.name, name);
    }
    const from = { account: 1001, name: "👩‍👩‍👧‍👦 'O\"中文" };
    await store.append("lobby", texts.map((text) => draft(text, from)), AT);
    const posts = await store.posts("lobby", { limit: 100 });
    assert.deepEqual(posts.map((post) => post.type === "post" && post.text), texts);
    assert.deepEqual(posts[0]?.from, from);
  });

  await step("any well-formed text comes back as it was", async (store) => {
    // To make every character there is blocks this thread for seconds, in which a connection being opened would seem late.
    await store.head("lobby");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary", minLength: 1 }), { minLength: 1 }), async (texts) => {
        const results = await store.append("lobby", texts.map((text) => draft(text)), AT);
        const after = stored(results[0]).seq - 1;
        const posts = await store.posts("lobby", { after, limit: texts.length });
        assert.deepEqual(posts.map((post) => post.type === "post" && post.text), texts);
      }),
      { numRuns: 30 },
    );
  });

  await step("files keep what is known of them", async (store) => {
    const info = { name: '猫\'s "cat".png', size: 2 ** 40 + 1, sha256: "0f".repeat(32), media: "image/png" };
    const image: Draft = { id: crypto.randomUUID(), from: ALICE, type: "image", ...info };
    const file: Draft = { id: crypto.randomUUID(), from: BOB, type: "file", ...info, size: 1 };
    await store.append("lobby", [image, file], AT);
    assert.deepEqual(await store.posts("lobby", { after: 0, limit: 10 }), [
      { ...image, seq: 1, at: AT },
      { ...file, seq: 2, at: AT },
    ]);
    await store.append("lobby", [{ ...file, id: crypto.randomUUID(), size: 41 }], AT);
    assert.equal(await store.fileBytes(BOB.account), 42);
    assert.equal(await store.fileBytes(ALICE.account), 2 ** 40 + 1);
    assert.equal(await store.fileBytes(4711), 0);
  });

  await step("each room counts from 1", async (store) => {
    assert.equal(await store.head("lobby"), 0);
    assert.deepEqual(await store.posts("lobby", { limit: 10 }), []);
    const results = await store.append("lobby", [draft("a"), draft("b")], AT);
    assert.deepEqual(results.map((result) => stored(result).seq), [1, 2]);
    assert.equal(stored((await store.append("cellar", [draft("c")], AT))[0]).seq, 1);
    assert.deepEqual([await store.head("lobby"), await store.head("cellar"), await store.head("attic")], [2, 1, 0]);
    assert.deepEqual(await store.append("attic", [], AT), []);
  });

  await step("200 appends at once leave no gap", async (store) => {
    const results = await Promise.all(count(200).map((n) => store.append("lobby", [draft(`post ${n}`)], AT)));
    const posts = results.map(([result]) => stored(result));
    assert.deepEqual(seqs(posts).toSorted((a, b) => a - b), count(200));
    const kept = await store.posts("lobby", { after: 0, limit: 1000 });
    assert.deepEqual(kept, posts.toSorted((a, b) => a.seq - b.seq));
    assert.equal(await store.head("lobby"), 200);
  });

  await step("a batch of any size is stored whole and in order", async (store) => {
    let head = 0;
    for (const size of [1, 2, 3, 63, 64, 65, 130]) {
      const drafts = count(size).map((n) => draft(`post ${n}`));
      const results = await store.append("lobby", drafts, AT);
      assert.deepEqual(results.map((result) => stored(result).seq), count(size, head + 1));
      assert.deepEqual(
        (await store.append("lobby", drafts, AT)).map((result) => result.status),
        drafts.map(() => "duplicate"),
      );
      head += size;
    }
    assert.equal(await store.head("lobby"), head);
  });

  await step("2 MiB of text fit into one batch", async (store) => {
    const drafts = count(32).map(() => draft("字".repeat(21_845)));
    const results = await store.append("lobby", drafts, AT);
    assert.deepEqual(results.map((result) => stored(result).seq), count(32));
  });

  await step("a repeated id is stored once and answered with the first post", async (store) => {
    const first = draft("first");
    const again = { ...first, text: "another text" };
    const [one, two, three] = await store.append("lobby", [first, again, draft("next")], AT);
    const post = stored(one);
    assert.deepEqual(two, { status: "duplicate", post });
    assert.equal(stored(three).seq, 2);
    assert.deepEqual(await store.append("lobby", [again], AT + 1), [{ status: "duplicate", post }]);
    assert.equal(await store.head("lobby"), 2);
  });

  await step("an id belongs to the account that used it first", async (store) => {
    const first = draft("mine");
    const stolen = { ...first, from: BOB };
    const [, two] = await store.append("lobby", [first, stolen], AT);
    assert.deepEqual(two, { status: "conflict" });
    const [three, four] = await store.append("lobby", [stolen, draft("goes on", BOB)], AT);
    assert.deepEqual(three, { status: "conflict" });
    assert.equal(stored(four).seq, 2);
  });

  await step("the same id in two rooms at once is stored once", async (store) => {
    for (const _ of count(10)) {
      const same = draft("where?");
      const results = await Promise.all(["a", "b", "c"].map((room) => store.append(room, [same], AT)));
      assert.deepEqual(results.map(([result]) => result?.status).toSorted(), ["duplicate", "duplicate", "stored"]);
    }
    assert.equal(await store.head("a") + await store.head("b") + await store.head("c"), 10);
  });

  await step("posts are read in ranges, oldest first", async (store) => {
    await store.append("lobby", count(10).map((n) => draft(`post ${n}`)), AT);
    await store.append("cellar", [draft("elsewhere")], AT);
    const read = async (range: Parameters<Store["posts"]>[1]) => seqs(await store.posts("lobby", range));
    assert.deepEqual(await read({ after: 0, limit: 3 }), [1, 2, 3]);
    assert.deepEqual(await read({ after: 8, limit: 3 }), [9, 10]);
    assert.deepEqual(await read({ after: 10, limit: 3 }), []);
    assert.deepEqual(await read({ before: 5, limit: 3 }), [2, 3, 4]);
    assert.deepEqual(await read({ before: 3, limit: 3 }), [1, 2]);
    assert.deepEqual(await read({ before: 1, limit: 3 }), []);
    assert.deepEqual(await read({ limit: 3 }), [8, 9, 10]);
  });

  await step("a post is found by its id in whatever room", async (store) => {
    const wanted = draft("here I am");
    await store.append("lobby", [draft("no")], AT);
    await store.append("cellar", [draft("no"), wanted], AT);
    assert.deepEqual(await store.post(wanted.id), { room: "cellar", post: { ...wanted, seq: 2, at: AT } });
    assert.equal(await store.post(crypto.randomUUID()), undefined);
  });

  await pastSuite(step);
  await orderSuite(step);

  await t.step("everything is there after it was closed and opened", async () => {
    const open = create();
    const account = newAccount(1001, "Ann");
    const hash = "ef".repeat(32);
    const posts = await withStore(open, async (store) => {
      await store.createAccount(account);
      await store.createToken({ hash, account: 1001, createdAt: AT, expiresAt: AT + 1 });
      await store.append("lobby", [draft("one"), draft("two")], AT);
      return await store.posts("lobby", { limit: 10 });
    });
    await withStore(open, async (store) => {
      assert.deepEqual(await store.tokenAccount(hash, AT), { ...account, account: 1001 });
      assert.deepEqual(await store.posts("lobby", { limit: 10 }), posts);
      assert.equal(stored((await store.append("lobby", [draft("three")], AT))[0]).seq, 3);
    });
  });
}

export async function withStore<T>(open: OpenStore, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await open();
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
