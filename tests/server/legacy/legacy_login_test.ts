/** Logging in as the old client does, over a real database, while what lets somebody in is taken away. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { LOBBY } from "../../../lib/chat/types.ts";
import { People } from "../../../lib/server/access/people.ts";
import { presets } from "../../../lib/server/config/options.ts";
import { legacyAuthenticate } from "../../../lib/server/legacy/legacy_login.ts";
import { Guard } from "../../../lib/server/limits/guard.ts";
import { logTo } from "../../../lib/server/log.ts";
import { Metrics } from "../../../lib/server/metrics/metrics.ts";
import { Rooms } from "../../../lib/server/rooms.ts";
import { openStore } from "../../../lib/store/open.ts";
import { createPasswordHasher, type PasswordHasher } from "../../../lib/store/password.ts";
import { DORA, QT_PASSWORD, seedQt } from "../../support/qt_client.ts";
import { temporaryFolder } from "../../support/server.ts";

interface Parts {
  readonly people: People;
  readonly rooms: Rooms;
  /** Whether somebody is let in, when this happens between the check of the password and the door. */
  readonly admits: (meanwhile: () => unknown) => Promise<boolean>;
}

async function withParts(use: (parts: Parts) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack), file = join(dataDir, "chat.sqlite");
  await seedQt(file);
  const store = stack.adopt(await openStore(`sqlite:${file}`), (opened) => opened.close());
  const hasher = stack.adopt(createPasswordHasher(), (opened) => opened.close());
  const metrics = new Metrics(), log = logTo(() => {}), people = new People();
  const rooms = stack.adopt(new Rooms(store, { capacity: 2 ** 20, log, metrics }), (opened) => opened.settled());
  const guard = new Guard(presets({ dataDir }));
  const admits = async (meanwhile: () => unknown) => {
    const passwords: PasswordHasher = {
      idle: false,
      waiting: 0,
      hash: (...options) => hasher.hash(...options),
      verifyNothing: (...options) => hasher.verifyNothing(...options),
      close: () => hasher.close(),
      verify: async (...options) => {
        const right = await hasher.verify(...options);
        await meanwhile();
        return right;
      },
    };
    let admitted = false;
    const answer = await legacyAuthenticate({
      services: { store, passwords, guard, rooms, people, metrics, registration: "open" },
      peer: { id: 1, address: "127.0.0.1", network: "127.0.0.1", exempt: false },
      credentials: { account: String(DORA.account), password: QT_PASSWORD },
      closed: new Promise(() => {}),
      log: () => {},
    }, () => admitted = true);
    assert.equal(answer !== undefined, admitted);
    return admitted;
  };
  await use({ people, rooms, admits });
}

Deno.test("a login that is under way while its password or devices are made void ends at the door", async () => {
  await withParts(async ({ people, admits }) => {
    assert.equal(await admits(() => {}), true);
    assert.equal(await admits(() => people.revoke(DORA.account, () => true)), false);
    assert.equal(await admits(() => {}), true);
  });
});

Deno.test("a login that is under way while its account is banned ends at the door", async () => {
  await withParts(async ({ rooms, admits }) => {
    const ban = async () => {
      const open = await rooms.get(LOBBY);
      const from = { account: 0, name: "operator" };
      await open?.journal.submit({ id: crypto.randomUUID(), from, type: "act", act: { type: "ban", target: DORA } });
    };
    assert.equal(await admits(ban), false);
  });
});
