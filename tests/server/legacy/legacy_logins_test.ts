/** Which login a read connection belongs to, and who may take whose place. */
import assert from "node:assert/strict";
import { LegacyLogins } from "../../../lib/server/legacy/legacy_logins.ts";
import { LEGACY_PATIENCE } from "../../../lib/server/legacy/legacy_patience.ts";

const HERE = "192.0.2.1", ELSEWHERE = "192.0.2.2";
const DORA = { account: 2001, name: "Dora" },
  EMIL = { account: 2002, name: "Emil" },
  FAY = { account: 2003, name: "Fay" };

function logins(patience = {}) {
  const closed: number[] = [];
  const all = new LegacyLogins({ ...LEGACY_PATIENCE, ...patience });
  const admit = (account: typeof DORA, address = HERE) =>
    all.admit({ account, address, hangUp: () => void closed.push(account.account) });
  return { all, admit, closed };
}

Deno.test("a reader belongs to the one login from its address that has none, whatever it claims, and only one does", () => {
  const { all, admit } = logins();
  const dora = admit(DORA);
  assert.equal(all.bind(ELSEWHERE, DORA.account), undefined);
  assert.equal(all.bind(HERE, EMIL.account), dora);
  assert.equal(all.bind(HERE, DORA.account), undefined);
});

Deno.test("among several logins from one address the claim chooses, and a claim of nobody there gets nothing", () => {
  const { all, admit } = logins();
  admit(DORA);
  const emil = admit(EMIL);
  const fay = admit(FAY, ELSEWHERE);
  assert.equal(all.bind(HERE, FAY.account), undefined);
  assert.equal(all.bind(HERE, EMIL.account), emil);
  assert.equal(all.bind(ELSEWHERE, FAY.account), fay);
});

Deno.test("a login that has ended, or is old, gets no reader", () => {
  const { all, admit, closed } = logins();
  const dora = admit(DORA);
  assert.ok(dora);
  all.end(dora);
  all.end(dora);
  assert.deepEqual(closed, [DORA.account]);
  assert.equal(all.bind(HERE, DORA.account), undefined);
  const old = logins({ read: -1 });
  assert.ok(old.admit(DORA));
  assert.equal(old.all.bind(HERE, DORA.account), undefined);
});

Deno.test("an account is logged in once, unless its first login never began to read", () => {
  const { admit, closed } = logins();
  assert.ok(admit(DORA));
  assert.equal(admit(DORA), undefined);
  assert.ok(admit(EMIL));
  const hasty = logins({ read: -1 });
  assert.ok(hasty.admit(DORA));
  assert.ok(hasty.admit(DORA));
  assert.deepEqual([closed, hasty.closed], [[], [DORA.account]]);
});
