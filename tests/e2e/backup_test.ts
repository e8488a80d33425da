/** Backups of a real server under a flow of posts, restored elsewhere; and of everything that can be wrong with one. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { packTar, type TarHeader, unpackTar } from "modern-tar";
import { openStore } from "../../lib/store/open.ts";
import { mysqlTest } from "../support/mariadb.ts";
import { chatServer } from "../support/chat_server.ts";
import { ALICE, BOB, enter, logIn, post, seed, serve, spawnServer, temporaryFolder } from "../support/server.ts";
import { mountSmallDisk } from "../support/small_disk.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

async function backUp(dataDir: string, file: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await chatServer("backup", file, "--data-dir", dataDir, "--json", ...args);
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

async function restore(file: string, dataDir: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await chatServer("restore", file, "--data-dir", dataDir, ...args);
  assert.deepEqual([code, stderr], [0, ""]);
}

Deno.test("a backup taken while posts flow, and a kill after it: what was acknowledged before is there", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  await Deno.mkdir(join(folder, "data"));
  const file = join(folder, "room.tar");
  const content = randomBytes(300_000);
  let id = "";
  const before = new Map<string, number>();
  {
    await using server = await spawnServer(join(folder, "data"));
    await using alice = await logIn(server, ALICE);
    id = (await sendBytes(alice, content, { name: "文件.bin" })).id;
    const acknowledged = new Map<string, number>();
    let over = false;
    const posting = (async () => {
      while (!over) {
        const text = `post ${acknowledged.size} \u0000 你好`;
        acknowledged.set(text, await post(alice, text));
      }
    })();
    await until(() => acknowledged.size > 50, "some posts");
    for (const [text, seq] of acknowledged) before.set(text, seq);
    const manifest = await backUp(join(folder, "data"), file);
    assert.deepEqual(manifest.files, { count: 1, bytes: content.length });
    const sizeAfter = acknowledged.size;
    await until(() => acknowledged.size > sizeAfter, "posting to go on");
    over = true;
    await posting;
    await server.stop("SIGKILL");
  }
  assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);

  await restore(file, join(folder, "other"));
  assert.deepEqual(await leftovers(folder), ["data", "other", "room.tar"]);
  // Bob comes back by his token, from where he was.
  await using server = await spawnServer(join(folder, "other"));
  await using bob = await enter(server, BOB, { after: 1 });
  const events = await bob.take("event", before.size);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 2));
  assert.deepEqual(events.map((event) => event.type === "post" && event.text), [...before.keys()]);
  assert.equal(sha256(await fetchBytes(bob, id)), sha256(content));
  assert.ok(await post(bob, "on we go") > before.size);
});

const leftovers = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();

Deno.test("a backup of a server that does not run holds the same, and is refused where something is", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const data = join(folder, "data"), file = join(folder, "room.tar");
  await Deno.mkdir(data);
  {
    await using server = await serve({ dataDir: data });
    await using alice = await logIn(server, ALICE);
    await post(alice, "one");
    await sendBytes(alice, randomBytes(1000));
  }
  await backUp(data, file);
  const again = await chatServer("backup", file, "--data-dir", data);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /it is there already\. Name another file, or say --replace/);
  await backUp(data, file, "--replace");

  const there = await chatServer("restore", file, "--data-dir", data);
  assert.equal(there.code, 1);
  assert.match(there.stderr, /Cannot fill the database: there is something in it already/);

  await using server = await serve({ dataDir: data });
  const used = await chatServer(
    "restore",
    file,
    "--data-dir",
    join(folder, "new"),
    "--database",
    `sqlite:${data}/chat.sqlite`,
  );
  assert.match(used.stderr, /a server is using it/);
  assert.match((await chatServer("backup", join(folder, "x"), "--data-dir", join(folder, "none"))).stderr, /none/);
  await using alice = await logIn(server, ALICE);
  assert.equal(await post(alice, "three"), 3);
});

Deno.test("a restore with --log-out has everybody log in again", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const store = await openStore(`sqlite:${join(folder, "chat.sqlite")}`);
  await seed(store);
  await store.close();
  await backUp(folder, join(folder, "room.tar"));
  await restore(join(folder, "room.tar"), join(folder, "new"), "--log-out");
  const restored = await openStore(`sqlite:${join(folder, "new", "chat.sqlite")}`);
  try {
    assert.equal((await restored.account(ALICE.account))?.name, ALICE.name);
    assert.equal(await restored.tokenAccount(sha256(new TextEncoder().encode(ALICE.token)), 2), undefined);
  } finally {
    await restored.close();
  }
});

Deno.test("a file that is missing or damaged in the data folder is told, and the rest is saved", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const data = join(folder, "data"), file = join(folder, "room.tar");
  await Deno.mkdir(data);
  const contents = [randomBytes(1000), randomBytes(2000), randomBytes(3000)] as const;
  {
    await using server = await serve({ dataDir: data });
    await using alice = await logIn(server, ALICE);
    for (const content of contents) await sendBytes(alice, content);
  }
  const [lost = "", spoilt = ""] = contents.map(sha256);
  await Deno.remove(join(data, "file", lost));
  await Deno.writeFile(join(data, "file", spoilt), randomBytes(2000));
  const { code, stdout, stderr } = await chatServer("backup", file, "--data-dir", data);
  assert.equal(code, 0);
  assert.match(stdout, /messages 1 to 3, 3 accounts, 2 files/);
  assert.ok(
    stderr.includes(`the file file/${lost} is missing`) && stderr.includes(`the file file/${spoilt} is damaged`),
  );
  assert.equal((await chatServer("restore", file, "--data-dir", join(folder, "new"))).code, 0);
  const restored = await leftovers(join(folder, "new", "file"));
  assert.deepEqual(restored.filter((name) => name !== ".partial"), contents.slice(2).map(sha256));
});

Deno.test("a damaged backup is refused with a sentence, and nothing is restored of it", async (t) => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const data = join(folder, "data"), file = join(folder, "room.tar");
  await Deno.mkdir(data);
  {
    await using server = await serve({ dataDir: data });
    await using alice = await logIn(server, ALICE);
    for (const text of ["one", "two", "three"]) await post(alice, text);
    await sendBytes(alice, randomBytes(5000));
  }
  await backUp(data, file);
  const whole = await Deno.readFile(file);
  const entries = await unpackTar(whole);

  async function refused(name: string, bytes: Uint8Array, why: RegExp): Promise<void> {
    await t.step(name, async () => {
      const bad = join(folder, "bad.tar"), place = join(folder, "place");
      await Deno.writeFile(bad, bytes);
      const { code, stdout, stderr } = await chatServer("restore", bad, "--data-dir", place);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^chat-server: Cannot use the backup .*\n$/);
      assert.match(stderr, why);
      await assert.rejects(Deno.stat(place), Deno.errors.NotFound);
    });
  }
  const packed = (change: (header: TarHeader, data: Uint8Array | undefined) => [TarHeader, Uint8Array | undefined]) =>
    packTar(entries.map(({ header, data }) => {
      const [changed, content] = change(header, data);
      return { header: changed, ...(content === undefined ? {} : { body: content }) };
    }));
  const more = (header: Omit<TarHeader, "size">) =>
    packTar([...entries, { header: { ...header, size: 0 } }].map((entry) => ({
      header: entry.header,
      ...("data" in entry && entry.data ? { body: entry.data } : {}),
    })));

  const blob = entries.find(({ header }) => header.name.startsWith("file/"))?.data ?? new Uint8Array();
  const inBlob = indexOf(whole, blob.subarray(0, 64)) + 2500;
  const flipped = whole.slice();
  flipped[inBlob] = (flipped[inBlob] ?? 0) ^ 1;
  await refused("a flipped bit in a file", flipped, /damaged: its bytes are not those of its sum/);
  await refused("cut in the middle", whole.subarray(0, inBlob), /truncated/);
  await refused("cut between two parts", await packTar([]), /its end is missing/);
  await refused("no archive at all", new TextEncoder().encode("hello ".repeat(500)), /./);
  await refused(
    "a changed text",
    await packed((header, data) => [
      header,
      header.name.includes("chat_post")
        ? new TextEncoder().encode(new TextDecoder().decode(data).replace('"text":"two"', '"text":"tow"'))
        : data,
    ]),
    /damaged/,
  );
  await refused("a path upwards", await more({ name: "../../escaped", type: "file" }), /has no place in a backup/);
  await refused("an absolute path", await more({ name: "/tmp/escaped", type: "file" }), /has no place in a backup/);
  await refused(
    "a symbolic link",
    await more({ name: `file/${"0".repeat(64)}`, type: "symlink", linkname: "/etc/passwd" }),
    /has no place in a backup/,
  );
  await refused(
    "another table",
    await packed((header, data) => [{ ...header, name: header.name.replace("chat_account", "sqlite_master") }, data]),
    /has no place in a backup/,
  );
  await t.step("a bit flipped anywhere is refused, or changes nothing that is restored", async () => {
    const { readBackup } = await import("../../lib/server/archive/backup_reader.ts");
    const reference = JSON.stringify(await readBackup(file));
    const bad = join(folder, "bad.tar");
    for (let round = 0; round < 200; round++) {
      const at = Math.floor(Math.random() * whole.length);
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (round % 8));
      await Deno.writeFile(bad, bytes);
      const read = await readBackup(bad).then((manifest) => JSON.stringify(manifest), (error) => error as Error);
      if (read instanceof Error) assert.match(read.message, /^Cannot use the backup /, `byte ${at}`);
      else assert.equal(read, reference, `byte ${at}`);
    }
  });
});

Deno.test("a disk without room for the backup: it is said, and nothing stands under the name", async (t) => {
  await using disk = await mountSmallDisk(1);
  if (!disk) return void await t.step({ name: "needs the right to mount a tmpfs", ignore: true, fn: () => {} });
  await using stack = new AsyncDisposableStack();
  const data = temporaryFolder(stack);
  await using server = await serve({ dataDir: data });
  await using alice = await logIn(server, ALICE);
  await sendBytes(alice, randomBytes(3 * 2 ** 20));
  const { code, stdout, stderr } = await chatServer("backup", join(disk.folder, "room.tar"), "--data-dir", data);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /No space left on device/);
  assert.deepEqual(await leftovers(disk.folder), []);
  assert.deepEqual((await leftovers(data)).filter((name) => name.startsWith(".")), []);
});

await mysqlTest("backups between MariaDB and the embedded database", async (db, t) => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const content = randomBytes(70_000), texts = ["你好 👋", "e\u0301 \u0000 \u001b[0m 'x\\'", "x".repeat(65_000)];
  const first = join(folder, "first.tar");

  await t.step("of MariaDB, while its server runs", async () => {
    const store = await openStore(db.url("one"));
    await seed(store);
    await store.close();
    await using server = await serve({ dataDir: join(folder, "one"), database: db.url("one") });
    await using alice = await logIn(server, ALICE);
    for (const text of texts) await post(alice, text);
    await sendBytes(alice, content, { name: "图.bin" });
    const manifest = await backUp(join(folder, "one"), first, "--database", db.url("one"));
    assert.deepEqual(manifest.rooms, [{ room: "lobby", first: 1, head: 4, posts: 4 }]);
    const used = await chatServer("restore", first, "--data-dir", join(folder, "no"), "--database", db.url("one"));
    assert.match(used.stderr, /another server is using/);
  });

  await t.step("into the embedded one, of that, and back into MariaDB", async () => {
    await restore(first, join(folder, "two"));
    await backUp(join(folder, "two"), join(folder, "second.tar"));
    await restore(join(folder, "second.tar"), join(folder, "three"), "--database", db.url("three"));
    const twice = await chatServer("restore", first, "--data-dir", join(folder, "no"), "--database", db.url("three"));
    assert.match(twice.stderr, /something in it already/);
    const [one, two] = await Promise.all([first, join(folder, "second.tar")].map(async (file) => {
      const entries = await unpackTar(await Deno.readFile(file));
      return entries.filter(({ header }) => header.name.startsWith("tables/"))
        .map(({ header, data }) => [header.name, new TextDecoder().decode(data)]);
    }));
    assert.deepEqual(two, one, "both databases are written out alike");
    for (
      const options of [{ dataDir: join(folder, "two") }, { dataDir: join(folder, "three"), database: db.url("three") }]
    ) {
      await using server = await serve(options);
      await using bob = await enter(server, BOB, { after: 0 });
      const events = await bob.take("event", 4);
      assert.deepEqual(events.flatMap((event) => event.type === "post" ? [event.text] : []), texts);
      assert.equal(sha256(await fetchBytes(bob, events[3]?.id ?? "")), sha256(content));
      assert.equal(await post(bob, "five"), 5);
    }
  });
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at < bytes.length; at++) if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  throw new Error("It is not there.");
}
