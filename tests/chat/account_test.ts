import assert from "node:assert/strict";
import { checkAccount, checkName, checkPassword, parseAccount } from "../../lib/chat/account.ts";

for (const [text, number] of [["100", 100], ["1001", 1001], ["001001", 1001], ["65535", 65_535], ["001", 1]] as const) {
  Deno.test(`${text} is account ${number}`, () => assert.deepEqual(parseAccount(text), { ok: true, value: number }));
}

for (const text of ["", "12", "1234567", "65536", "000", "10a1", "-100", " 100", "１００１", "1e3", "0x64"]) {
  Deno.test(`${JSON.stringify(text)} is no account number`, () => assert.equal(parseAccount(text).ok, false));
}

for (const number of [0, 65_536, 1.5, NaN, -1]) {
  Deno.test(`${number} is no account`, () => assert.equal(checkAccount(number).ok, false));
}

for (
  const [name, kept] of [
    ["Alice", "Alice"],
    ["  王小明 ", "王小明"],
    ["Zoe\u0308", "Zoë"],
    ["👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"],
    ["علی‌رضا", "علی‌رضا"],
    ["हिन्दी", "हिन्दी"],
    ["a".repeat(20), "a".repeat(20)],
    ["😀".repeat(20), "😀".repeat(20)],
    ["<script>'; DROP", "<script>'; DROP"],
  ] as const
) {
  Deno.test(`${JSON.stringify(name)} is a name`, () => assert.deepEqual(checkName(name), { ok: true, value: kept }));
}

for (
  const name of [
    "",
    "   ",
    "a".repeat(21),
    "a\nb",
    "a\x1b[31mb",
    "\u202Eecila",
    "\u2066x",
    "a\u200bb",
    "\u200d",
    "a\ufeffb",
    "\ud800",
    "a" + "\u0301".repeat(8),
    "\u2028",
    "\u00ad",
  ]
) {
  Deno.test(`${JSON.stringify(name)} is no name`, () => assert.equal(checkName(name).ok, false));
}

Deno.test("a password is 6 to 128 characters, in one form", () => {
  for (const password of ["secret", "x".repeat(128), "密码密码密码", "😀".repeat(6)]) {
    assert.ok(checkPassword(password).ok);
  }
  for (const password of ["", "12345", "x".repeat(129), "secret\ud800"]) assert.ok(!checkPassword(password).ok);
  assert.deepEqual(checkPassword("pa\u0308sswort"), { ok: true, value: "pässwort" });
});
