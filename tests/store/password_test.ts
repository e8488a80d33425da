/** Passwords and device tokens. */
import assert from "node:assert/strict";
import { createPasswordHasher, type PasswordHasher, PasswordQueueFull } from "../../lib/store/password.ts";
import { newToken, tokenHash } from "../../lib/store/token.ts";

function hasherTest(name: string, fn: (hasher: PasswordHasher) => Promise<void>, options = {}): void {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const hasher = createPasswordHasher(options);
      try {
        await fn(hasher);
      } finally {
        hasher.close();
      }
    },
  });
}

const PASSWORD = "correct horse 密码 🐎";

hasherTest("a password is right or wrong", async (hasher) => {
  const encoded = await hasher.hash(PASSWORD);
  assert.equal(await hasher.verify(PASSWORD, encoded), true);
  assert.equal(await hasher.verify(`${PASSWORD} `, encoded), false);
  assert.equal(await hasher.verifyNothing(PASSWORD), false);
});

hasherTest("the encoded hash has its parameters and a salt of its own", async (hasher) => {
  const [one, two] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, two);
});

hasherTest("hashes with other parameters are still understood", async (hasher) => {
  // From the tests of argon2's reference implementation.
  const other = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  assert.equal(await hasher.verify("password", other), true);
  assert.equal(await hasher.verify("passwort", other), false);
});

hasherTest("hashing does not hold up the event loop", async (hasher) => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const hashes = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
  clearInterval(timer);
  assert.equal(hashes.length, 2);
  assert.ok(turns > 1, `${turns} turns`);
});

hasherTest("a full line refuses the next one and nobody else", async (hasher) => {
  const accepted = [hasher.hash("one"), hasher.hash("two"), hasher.hash("three")];
  await assert.rejects(hasher.hash("four"), PasswordQueueFull);
  await assert.rejects(hasher.verifyNothing("five"), PasswordQueueFull);
  assert.equal((await Promise.all(accepted)).length, 3);
  assert.equal(await hasher.verifyNothing("six"), false);
}, { workers: 1, queue: 2 });

hasherTest("what is no hash is an error, and the next one is worked on", async (hasher) => {
  await assert.rejects(hasher.verify(PASSWORD, "plain text"), Error);
  assert.equal(await hasher.verifyNothing(PASSWORD), false);
}, { workers: 1 });

hasherTest("closing rejects what is under way and what waits", async (hasher) => {
  const results = Promise.allSettled([hasher.hash("one"), hasher.hash("two")]);
  hasher.close();
  assert.deepEqual((await results).map((result) => result.status), ["rejected", "rejected"]);
  await assert.rejects(hasher.hash("three"), /closed/);
}, { workers: 1 });

Deno.test("a token has 256 random bits, and its hash is its SHA-256", () => {
  const { token, hash } = newToken();
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(hash, tokenHash(token));
  assert.notEqual(newToken().token, token);
  assert.equal(tokenHash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
