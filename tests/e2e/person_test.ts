/** One person's data: all of it in one file, and none of it left. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unpackTar } from "modern-tar";
import { OPERATOR } from "../../lib/chat/types.ts";
import { openStore } from "../../lib/store/open.ts";
import { PERSON_TABLES } from "../../lib/server/archive/person.ts";
import { chatServer } from "../support/chat_server.ts";
import { mysqlTest } from "../support/mariadb.ts";
import { Peer } from "../support/peer.ts";
import { ALICE, BOB, enter, logIn, post, seed, serve, type ServeOptions, temporaryFolder } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";

const SECRET = "zanzibar-kumquat";

async function everything(folder: string): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) files.push(await Deno.readFile(join(folder, name)));
  }
  return files;
}

/** Bob speaks between two texts of Alice's; then he is written out and erased. */
async function exportedAndErased(options: ServeOptions & { readonly dataDir: string }, ...args: readonly string[]) {
  const { dataDir } = options;
  const shared = randomBytes(3000), own = randomBytes(4000), archive = join(dataDir, "bob.tar");
  {
    await using server = await serve(options);
    await using alice = await logIn(server, ALICE);
    await using bob = await logIn(server, BOB);
    await post(alice, "one");
    await post(bob, `my ${SECRET}`);
    await sendBytes(bob, own, { name: `${SECRET}.bin` });
    await sendBytes(bob, shared, { name: "ours.bin" });
    await sendBytes(alice, shared, { name: "ours.bin" });
    await post(alice, "six");
    const used = await chatServer("person", "erase", "1002", "--data-dir", dataDir, ...args);
    assert.equal(used.code, 1);
    assert.match(used.stderr, /using/);
  }
  const store = await openStore(options.database ?? `sqlite:${join(dataDir, "chat.sqlite")}`);
  const act = { type: "mute", target: { account: BOB.account, name: BOB.name } } as const;
  await store.append("lobby", [{ id: crypto.randomUUID(), from: OPERATOR, type: "act", act }], Date.now());
  await store.close();
  const written = await chatServer("person", "export", "1002", "-o", archive, "--data-dir", dataDir, ...args);
  assert.deepEqual([written.code, written.stdout], [0, `${archive}: 3 messages, 2 of them files\n`]);
  const entries = new Map(
    (await unpackTar(await Deno.readFile(archive))).map(({ header, data }) => [header.name, data]),
  );
  assert.deepEqual([...entries.keys()], ["person.json", "posts.jsonl", `files/3-${SECRET}.bin`, "files/4-ours.bin"]);
  assert.deepEqual(entries.get(`files/3-${SECRET}.bin`), new Uint8Array(own));
  const person = JSON.parse(new TextDecoder().decode(entries.get("person.json")));
  assert.equal(person.chat_account[0].name, BOB.name);
  assert.equal(person.chat_token.length, 1);
  assert.ok(!JSON.stringify(person).includes("argon2id") && !("hash" in person.chat_token[0]));
  await Deno.remove(archive);

  const erased = await chatServer("person", "erase", "1002", "--data-dir", dataDir, "--json", ...args);
  assert.deepEqual([erased.code, erased.stderr], [0, ""]);
  assert.deepEqual(JSON.parse(erased.stdout), { account: 1002, posts: 3, files: 2, devices: 1 });
  assert.equal((await chatServer("person", "erase", "1999", "--data-dir", dataDir, ...args)).code, 1);
  assert.equal((await chatServer("person", "erase", "x", "--data-dir", dataDir, ...args)).code, 2);
  const blobs = await Array.fromAsync(Deno.readDir(join(dataDir, "file")), ({ name, isFile }) => isFile ? name : "");
  assert.equal(blobs.filter((name) => name !== "").length, 1, "what Alice has shown as well stays");
}

Deno.test("somebody's data is written out, and erased in an embedded database", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await exportedAndErased({ dataDir });
  for (const bytes of await everything(dataDir)) {
    const text = new TextDecoder("latin1").decode(bytes);
    assert.ok(!text.includes(SECRET) && !new TextDecoder().decode(bytes).includes(BOB.name), "nothing is left of it");
  }

  const store = await openStore(`sqlite:${join(dataDir, "chat.sqlite")}`);
  const posts = await store.posts("lobby", { limit: 10 });
  assert.deepEqual((await store.search("lobby", { text: "kumquat", before: 100, limit: 10 })).posts, []);
  assert.deepEqual(await store.createAccount({ account: 1002, name: "New", passwordHash: "x", createdAt: 1 }), {
    status: "taken",
  });
  await store.close();
  assert.deepEqual(posts.map(({ seq, type, from }) => [seq, type, from.name]), [
    [1, "post", "Alice"],
    [2, "removed", "erased"],
    [3, "removed", "erased"],
    [4, "removed", "erased"],
    [5, "file", "Alice"],
    [6, "post", "Alice"],
    [7, "act", "operator"],
  ]);

  const database = new DatabaseSync(join(dataDir, "chat.sqlite"));
  const tables = database.prepare(
    "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c" +
      " WHERE m.type = 'table' AND c.name IN ('account', 'subject')",
  ).all().map(({ name }) => String(name));
  database.close();
  assert.deepEqual(
    tables.filter((name) => !PERSON_TABLES.includes(name)),
    [],
    "every table about people is written out",
  );
});

Deno.test("who was erased cannot come back, and the room goes on", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await exportedAndErased({ dataDir });
  await using server = await serve({ dataDir });
  await using bob = await Peer.greet(server.address);
  assert.equal(await bob.refused({ op: "resume", token: BOB.token }), "token-invalid");
  await using alice = await enter(server, ALICE, { after: 1 });
  assert.equal((await alice.take("event", 6))[0]?.type, "removed");
  assert.equal(await post(alice, "eight"), 8);
});

await mysqlTest("somebody's data is written out, and erased in MariaDB", async (db) => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack), database = db.url("person");
  const store = await openStore(database);
  await seed(store);
  await store.close();
  await exportedAndErased({ dataDir, database }, "--database", database);
  const after = await openStore(database);
  try {
    assert.deepEqual((await after.posts("lobby", { limit: 10 })).map(({ type }) => type), [
      ...["post", "removed", "removed", "removed", "file", "post", "act"],
    ]);
    assert.equal((await after.account(1002))?.name, "erased");
  } finally {
    await after.close();
  }
});
