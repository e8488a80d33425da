/** Keeping order among people on the old client: acts are lines to them, and they get around none. */
import assert from "node:assert/strict";
import type { Wish } from "../../lib/chat/act.ts";
import type { Peer } from "../support/peer.ts";
import { DORA, QtClient, title } from "../support/qt_client.ts";
import { serveQt } from "../support/qt_server.ts";
import { ALICE, enterAsOwner } from "../support/server.ts";

const act = (peer: Peer, wish: Wish) =>
  peer.get("stored", { op: "act", room: "lobby", id: crypto.randomUUID(), act: wish });

Deno.test("an old client sees acts as lines, and a mute, a ban and closed registration hold for it", async () => {
  await using server = await serveQt({ registration: "invite" });
  await using alice = await enterAsOwner(server, ALICE);
  await using dora = await QtClient.enter(server, DORA);
  await act(alice, { type: "mute", account: DORA.account, reason: "flooding" });
  await dora.reader.expect("notice", ({ text }) => text === `${title(ALICE)}禁言了${title(DORA)}:flooding`);
  await dora.sendText("not heard");
  await dora.reader.expect("notice", ({ text }) => text.startsWith("你已被禁言"));
  await dora.sendPicture(new Uint8Array(100));
  await dora.reader.expect("notice", ({ text }) => text.startsWith("你已被禁言"));
  await act(alice, { type: "unmute", account: DORA.account });
  await act(alice, { type: "read-only", on: true });
  await dora.reader.expect("notice", ({ text }) => text.includes("只读"));
  await dora.sendText("not heard either");
  await dora.reader.expect("notice", ({ text }) => text.endsWith("未发送"));
  await act(alice, { type: "ban", account: DORA.account });
  await dora.reader.closed();
  await dora.closed();
  {
    await using again = await QtClient.open(server, DORA);
    assert.deepEqual(await again.login(), { status: 1 });
    assert.equal(await again.register(undefined, "Eve", "2999"), 1);
  }
  const { events } = await alice.get("page", { op: "history", room: "lobby" });
  assert.ok(events.every(({ type }) => type === "act"));
});
