/** What a snapshot reads, and what becomes of rows that come from an older database. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CREATE_MIGRATION_TABLE, INSERT_VERSION, MIGRATIONS } from "../../lib/store/migrations.ts";
import { openStore } from "../../lib/store/open.ts";
import { openRefill } from "../../lib/store/refill.ts";
import { openSnapshot } from "../../lib/store/snapshot.ts";
import { type Row, tablesOf } from "../../lib/store/tables.ts";
import { mysqlTest } from "../support/mariadb.ts";
import { temporaryFolder } from "../support/server.ts";
import { AT, draft, withStore } from "./store_suite.ts";
import { fromVersion1, VERSION_1_ROWS } from "./version_1.ts";

async function rowsOf(url: string, table: string): Promise<readonly Row[]> {
  await using snapshot = await openSnapshot(url);
  return (await Array.fromAsync(snapshot.rows(table))).flat();
}

/** Copies all there is from one database into another. */
async function copy(from: string, to: string): Promise<void> {
  await using snapshot = await openSnapshot(from);
  await using refill = await openRefill(to, snapshot.version);
  for (const table of tablesOf(snapshot.version)) {
    for await (const rows of snapshot.rows(table)) await refill.insert(table, rows);
  }
  await refill.commit();
}

Deno.test("every table that the server makes is read, but what it makes of the others by itself", async () => {
  await using stack = new AsyncDisposableStack();
  const file = join(temporaryFolder(stack), "chat.sqlite");
  await (await openStore(`sqlite:${file}`)).close();
  using db = new DisposableStack();
  const opened = db.adopt(new DatabaseSync(file), (database) => database.close());
  const found = opened.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) =>
    String(row.name)
  );
  const left = found.filter((name) => !tablesOf(MIGRATIONS.length).includes(name) && !name.startsWith("chat_search"));
  assert.deepEqual(left, ["chat_migration"]);
});

Deno.test("rows come in the order of their key, each once, however many there are", async () => {
  await using stack = new AsyncDisposableStack();
  const url = `sqlite:${join(temporaryFolder(stack), "chat.sqlite")}`;
  const store = await openStore(url);
  try {
    for (const room of ["b", "a", "c"]) await store.append(room, Array.from({ length: 1100 }, () => draft("x")), AT);
    const rows = await rowsOf(url, "chat_post");
    const expected = ["a", "b", "c"].flatMap((room) =>
      Array.from({ length: 1100 }, (_, index) => `${room}${index + 1}`)
    );
    assert.deepEqual(rows.map(({ room, seq }) => `${room}${seq}`), expected);
    await using snapshot = await openSnapshot(url);
    await store.append("a", [draft("later")], AT);
    const seen = (await Array.fromAsync(snapshot.rows("chat_post", { equals: { room: "a" }, above: { seq: 1099 } })))
      .flat();
    assert.deepEqual(seen.map(({ seq }) => seq), [1100], "a snapshot stays as it is");
  } finally {
    await store.close();
  }
});

/** A database of the first version, and its rows brought into another one. */
async function oldRowsInto(url: string, folder: string): Promise<void> {
  const file = join(folder, "old.sqlite");
  const old = new DatabaseSync(file);
  for (const statement of [CREATE_MIGRATION_TABLE, ...MIGRATIONS[0]?.sqlite ?? [], ...VERSION_1_ROWS]) {
    old.exec(statement);
  }
  old.prepare(INSERT_VERSION).run(1, 0);
  old.close();
  // It has been opened before, so that its tables are of the newest version.
  await (await openStore(url)).close();
  await copy(`sqlite:${file}`, url);
  await withStore(() => openStore(url), fromVersion1);
}

Deno.test("rows of the first version are brought up to date in an embedded database", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  await oldRowsInto(`sqlite:${join(folder, "new.sqlite")}`, folder);
});

Deno.test("a refill that is not committed leaves nothing", async () => {
  await using stack = new AsyncDisposableStack();
  const url = `sqlite:${join(temporaryFolder(stack), "chat.sqlite")}`;
  {
    await using refill = await openRefill(url, MIGRATIONS.length);
    await refill.insert("chat_room", [{ room: "lobby", head: 1, bytes: 0 }]);
    await assert.rejects(refill.insert("chat_room", [{ "room) VALUES (1); --": 1 }]), /it has no column/);
  }
  await withStore(() => openStore(url), async (store) => assert.equal(await store.head("lobby"), 0));
});

await mysqlTest("rows of the first version are brought up to date in MariaDB", async (db) => {
  await using stack = new AsyncDisposableStack();
  await oldRowsInto(db.url("new"), temporaryFolder(stack));
});
