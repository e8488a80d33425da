/** Faults of the original server that this one must not have, each shown in the shortest way: who somebody is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DORA, EMIL, FAY, frame, QT_PASSWORD, QtClient, title } from "../support/qt_client.ts";
import { QtReader } from "../support/qt_reader.ts";
import { serveQt } from "../support/qt_server.ts";
import { until } from "../support/within.ts";

const utf8 = new TextEncoder();

Deno.test("defect: a header in two segments", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.open(server, DORA);
  const login = frame(1, DORA.account, 1, utf8.encode(`{"account":"2001","password":"${QT_PASSWORD}"}`));
  await dora.write(login.subarray(0, 3));
  await using other = await QtClient.enter(server, EMIL);
  await dora.write(login.subarray(3));
  assert.deepEqual(await dora.reply(2), { status: 0, username: "Dora" });
  await dora.read();
  await other.reader.expect("notice", (sight) => sight.account === DORA.account);
});

Deno.test("defect: [] as LOGIN body", async () => {
  await using server = await serveQt();
  await using client = await QtClient.open(server, DORA);
  const bodies = [
    "[]",
    "",
    "{",
    "null",
    "1",
    '"x"',
    "{}",
    `{"account":2001,"password":"${QT_PASSWORD}"}`,
    "\xff\xfe",
    `{"account":"2001","password":""}`,
  ];
  for (const body of [...bodies, "[".repeat(10_000)]) {
    for (const [id, reply] of [[1, 2], [7, 7]] as const) {
      await client.write(frame(id, 0, 1, utf8.encode(body)));
      assert.deepEqual(await client.reply(reply), { status: 1 }, body.slice(0, 20));
    }
  }
  assert.equal((await client.login()).status, 0);
});

Deno.test("defect: SQL in the name", async () => {
  await using server = await serveQt();
  const name = "x'),(1,'y','z');--";
  await using eve = await QtClient.open(server, { account: 3001, name });
  assert.equal(await eve.register("secret123", name), 0);
  assert.deepEqual(await eve.login("secret123"), { status: 0, username: name });
  await using injected = await QtClient.open(server, { account: 1, name: "y" });
  assert.deepEqual(await injected.login("z", "001"), { status: 1 });
  assert.deepEqual(await injected.login("' or '1'='1", "3001"), { status: 1 });
  assert.deepEqual(await injected.login("z", "1 or 1=1"), { status: 1 });
});

Deno.test("defect: passwords in plaintext, compared without case", async () => {
  await using server = await serveQt();
  await using client = await QtClient.open(server, { account: 3001, name: "Dave" });
  assert.equal(await client.register("Plain1234Text"), 0);
  assert.deepEqual(await client.login("plain1234text"), { status: 1 });
  assert.deepEqual(await client.login("PLAIN1234TEXT"), { status: 1 });
  assert.equal((await client.login("Plain1234Text")).status, 0);
  for await (const { name, isFile } of Deno.readDir(server.dataDir)) {
    if (!isFile) continue;
    const content = await Deno.readFile(join(server.dataDir, name));
    assert.ok(!new TextDecoder("latin1").decode(content).includes("Plain1234Text"), name);
  }
  assert.ok(!JSON.stringify(server.log).includes("Plain1234Text"));
});

Deno.test("defect: nothing is authenticated after login", async (t) => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);

  await t.step("SEND as anyone", async () => {
    await dora.sendText("who am I?", EMIL.account);
    const row = await emil.reader.expectSaid(title(DORA));
    assert.deepEqual(row, { see: "text", account: DORA.account, text: "who am I?" });
  });
  await t.step("READ the room without login", async () => {
    await using reader = await QtReader.open(server.address, FAY.account);
    await reader.closed();
    assert.deepEqual(reader.sights, []);
  });
  await t.step("READ takes another's feed", async () => {
    await using reader = await QtReader.open(server.address, EMIL.account);
    await reader.closed();
    await dora.sendText("still there?");
    await emil.reader.expectText("still there?");
  });
  await t.step("an account in READ only chooses among those who wait for a reader", async () => {
    await using fay = await QtClient.open(server, FAY);
    assert.equal((await fay.login()).status, 0);
    await using reader = await fay.read({ claim: EMIL.account });
    const { account } = await reader.expect("notice");
    assert.equal(account, FAY.account);
  });
  await t.step("LOGOUT kicks others", async () => {
    await using stranger = await QtClient.open(server, FAY);
    await stranger.logout(EMIL.account);
    await stranger.closed();
    await dora.sendText("and now?");
    await emil.reader.expectText("and now?");
  });
});

Deno.test("defect: forged SEND", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using forger = await QtClient.open(server, FAY);
  await forger.sendText("I am Emil", EMIL.account);
  await forger.sendPicture(new Uint8Array(100), EMIL.account);
  assert.equal((await forger.login("wrong123")).status, 1);
  assert.deepEqual(dora.reader.online.map(({ account }) => account), [DORA.account]);
  await using emil = await QtClient.enter(server, EMIL);
  await emil.sendText("I am");
  await dora.reader.expectText("I am");
  assert.ok(!dora.reader.sights.some((sight) => sight.see === "text" && /I am Emil/.test(sight.text)));
});

Deno.test('defect: the account stays "already online" for ever', async () => {
  await using server = await serveQt({ legacy: { answer: 100 } });
  await using witness = await QtClient.enter(server, EMIL);
  let alive = true;
  const never = Promise.withResolvers<void>();
  await using dead = await QtClient.enter(server, DORA, { beforeAck: () => alive ? undefined : never.promise });
  alive = false;
  await using again = await QtClient.open(server, DORA);
  assert.equal((await again.login()).status, 2, "it looked alive, and is asked for a sign of that");
  await until(async () => (await again.login()).status === 0, "the place to be free");
  await dead.closed();
  await again.read();
  await witness.reader.expect("notice", (sight) => sight.text === `${title(DORA)}离开了聊天室!`);
  await witness.reader.expect("notice", (sight) => sight.text === `${title(DORA)}走进了聊天室!`);
  never.resolve();
});

Deno.test("defect: account 000", async () => {
  await using server = await serveQt();
  await using client = await QtClient.open(server, { account: 0, name: "Zero" });
  assert.equal(await client.register("dave1234", "Zero", "000"), 1);
  assert.deepEqual(await client.login("dave1234", "000"), { status: 1 });
});

Deno.test("a login that does not begin to read may be taken over, and a late READ finds nothing", async () => {
  await using server = await serveQt({ legacy: { read: 50 } });
  await using first = await QtClient.open(server, DORA);
  assert.equal((await first.login()).status, 0);
  await using second = await QtClient.open(server, DORA);
  await until(async () => (await second.login()).status === 0, "the first login to have waited too long");
  await first.closed();
});
