/** The old client against this server: every flow that its people know. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { DORA, EMIL, FAY, frame, QtClient, type QtPerson, title } from "../support/qt_client.ts";
import { serveQt } from "../support/qt_server.ts";
import { until } from "../support/within.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const accounts = (members: readonly { readonly account: number }[]) => members.map(({ account }) => account).toSorted();

Deno.test("register, be refused for what is wrong with it, and log in", async () => {
  await using server = await serveQt();
  await using client = await QtClient.open(server, { account: 3001, name: "Dave" });
  for (const account of ["12", "1234567", "65536", "000", "12a", ""]) {
    assert.equal(await client.register("dave1234", "Dave", account), 1, account);
  }
  assert.equal(await client.register("short"), 1);
  assert.equal(await client.register("dave1234", ""), 1);
  assert.equal(await client.register("dave1234"), 0);
  assert.equal(await client.register("dave1234"), 1, "the number is taken");
  assert.deepEqual(await client.login("dave12345"), { status: 1 });
  assert.deepEqual(await client.login("DAVE1234"), { status: 1 });
  assert.deepEqual(await client.login("dave1234", "3999"), { status: 1 });
  assert.deepEqual(await client.login("dave1234", "003001"), { status: 0, username: "Dave" });
});

Deno.test("who comes and who goes is told in the words that the old client's people know", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  {
    await using emil = await QtClient.enter(server, EMIL);
    const came = await dora.reader.expect("notice");
    assert.deepEqual(came, { see: "notice", account: EMIL.account, text: "埃米尔(2002)走进了聊天室!" });
    const list = await dora.reader.expect("list");
    assert.equal(list.account, EMIL.account);
    assert.deepEqual(accounts(list.members), [DORA.account, EMIL.account]);
    const [first] = list.members;
    assert.deepEqual(Object.keys(first ?? {}).toSorted(), ["account", "loginTime", "username"]);
    assert.match(first?.loginTime ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

    await emil.logout();
    await Promise.all([emil.closed(), emil.reader.closed()]);
  }
  const went = await dora.reader.expect("notice");
  assert.deepEqual(went, { see: "notice", account: EMIL.account, text: "埃米尔(2002)离开了聊天室!" });
  const list = await dora.reader.expect("list");
  assert.equal(list.account, 0);
  assert.deepEqual(accounts(list.members), [DORA.account]);
});

Deno.test("already online; and back again after a logout", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using second = await QtClient.open(server, DORA);
  assert.deepEqual(await second.login(), { status: 2 });
  assert.deepEqual(await second.login("wrong123"), { status: 1 });
  await dora.logout();
  await Promise.all([dora.closed(), dora.reader.closed()]);
  assert.equal((await second.login()).status, 0);
});

Deno.test("texts from 1 byte to 64 KiB arrive as they were, at the sender's, too", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  const texts = [
    "a",
    "你好, hi 👋",
    "two\nlines\tand a tab",
    "x".repeat(8191),
    "y".repeat(8192),
    "z".repeat(8193),
    "中".repeat(21_845) + "!",
  ];
  for (const text of texts) {
    await dora.sendText(text);
    for (const { reader } of [dora, emil]) {
      const row = await reader.expectSaid(title(DORA));
      assert.deepEqual(row, { see: "text", account: DORA.account, text });
    }
  }
});

Deno.test("pictures of 1 byte, 4 KiB, a multiple of 8,192 bytes and 3 MB arrive byte by byte", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  for (const size of [1, 4096, 8 * 8192, 3_000_000]) {
    const picture = randomBytes(size);
    await dora.sendPicture(picture);
    for (const { reader } of [dora, emil]) {
      const row = await reader.expectSaid(title(DORA));
      assert.ok(row.see === "picture", `${size} bytes came as ${row.see}`);
      assert.equal(row.account, DORA.account);
      assert.equal(sha256(row.bytes), sha256(picture));
    }
  }
});

Deno.test("a picture that cannot be opened at the sender's has no body, and nobody waits for one", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  await dora.write(frame(2, DORA.account, 2, undefined, 0xffff_ffff));
  await dora.sendText("and on");
  assert.match((await dora.reader.expect("notice")).text, /图片无法打开/);
  await dora.reader.expectText("and on");
});

Deno.test("acknowledgements of every fragment by itself, late ones, and those that come one by one", async () => {
  await using server = await serveQt();
  const hops = async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await using dora = await QtClient.enter(server, DORA, {
    beforeAck: hops,
    cutAck: (bytes) => bytes < 3 ? [bytes] : [1, bytes - 2, 1],
  });
  const text = "z".repeat(20_000);
  await dora.sendText(text);
  await dora.reader.expectText(text);
  const picture = randomBytes(20_000);
  await dora.sendPicture(picture);
  assert.equal(sha256((await dora.reader.expect("picture")).bytes), sha256(picture));
});

Deno.test("headers and bodies in many segments are what they are in one", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.open(server, DORA);
  const inPieces = async (bytes: Uint8Array, size: number) => {
    for (let at = 0; at < bytes.length; at += size) {
      await dora.write(bytes.subarray(at, at + size));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  const credentials = new TextEncoder().encode(`{\n\t"account": "2001",\n\t"password": "alice123"\n}`);
  await inPieces(frame(1, DORA.account, 1, credentials), 1);
  assert.deepEqual(await dora.reply(2), { status: 0, username: "Dora" });
  await dora.read();
  await dora.reader.expect("list");
  await inPieces(frame(2, DORA.account, 1, new TextEncoder().encode("你好")), 1);
  await dora.reader.expectText("你好");
  const picture = randomBytes(3000);
  await inPieces(frame(2, DORA.account, 2, picture), 7);
  assert.equal(sha256((await dora.reader.expect("picture")).bytes), sha256(picture));
});

Deno.test("two pictures to one reader are a second apart, and the talk between them keeps its place", async () => {
  await using server = await serveQt();
  await using dora = await QtClient.enter(server, DORA);
  const one = randomBytes(100), two = randomBytes(200);
  await dora.sendPicture(one);
  await dora.sendText("between");
  await dora.sendPicture(two);
  await dora.sendText("after");
  const rows = [];
  for (let i = 0; i < 4; i++) rows.push(await dora.reader.expectSaid(title(DORA)));
  assert.deepEqual(rows.map((row) => row.see === "picture" ? row.bytes.length : row.see === "text" && row.text), [
    100,
    "between",
    200,
    "after",
  ]);
});

Deno.test("what the sender may not send is told to the sender alone, and the talk goes on", async () => {
  await using server = await serveQt({ maxText: 1000 });
  await using dora = await QtClient.enter(server, DORA);
  await using emil = await QtClient.enter(server, EMIL);
  await dora.reader.expect("notice", (sight) => sight.account === EMIL.account);
  await dora.sendText("x".repeat(1001));
  assert.match((await dora.reader.expect("notice")).text, /消息过长/);
  await dora.sendText("   ");
  await dora.write(frame(2, DORA.account, 2, new Uint8Array(17 * 2 ** 20)));
  assert.match((await dora.reader.expect("notice")).text, /图片过大/);
  await dora.sendText("\u0000\u0007\u001b[31m red \u202e");
  const row = await emil.reader.expectSaid(title(DORA));
  assert.deepEqual(row, { see: "text", account: DORA.account, text: "\ufffd\ufffd\ufffd[31m red \ufffd" });
  assert.ok(!emil.reader.sights.some((sight) => sight.see === "notice"), "nobody else was told");
});

Deno.test("fifty old clients at once", async () => {
  const people: QtPerson[] = Array.from({ length: 50 }, (_, i) => ({ account: 5000 + i, name: `Q${i}` }));
  await using server = await serveQt({ people });
  await using stack = new AsyncDisposableStack();
  const clients = await Promise.all(people.map(async (person) => stack.use(await QtClient.enter(server, person))));
  await until(() => clients.every(({ reader }) => reader.online.length === 50), "everybody to see everybody");
  await Promise.all(clients.map((client, i) => client.sendText(`hello from ${i}`)));
  await Promise.all(clients.map(async ({ reader }) => {
    const rows = [];
    for (let i = 0; i < 50; i++) {
      const who = await reader.expect("text");
      const what = await reader.expect("text");
      assert.equal(who.account, what.account);
      assert.equal(who.text, `Q${who.account - 5000}(${who.account})说:`);
      assert.equal(what.text, `hello from ${who.account - 5000}`);
      rows.push(what.text);
    }
    assert.equal(new Set(rows).size, 50);
  }));
});

Deno.test("the end of the server is told", async () => {
  await using server = await serveQt();
  await using fay = await QtClient.enter(server, FAY);
  const closing = server.close();
  assert.match((await fay.reader.expect("notice")).text, /服务器即将关闭/);
  await Promise.all([closing, fay.closed(), fay.reader.closed()]);
});
