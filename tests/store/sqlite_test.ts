/** The embedded store: what every store does, and what only a file can. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "../../lib/store/open.ts";
import { DatabaseSync } from "node:sqlite";
import { CREATE_MIGRATION_TABLE, INSERT_VERSION, MIGRATIONS } from "../../lib/store/migrations.ts";
import { storeSuite, withStore } from "./store_suite.ts";
import { fromVersion1, VERSION_1_ROWS } from "./version_1.ts";

/** A test with a folder of its own; leaks fail it. */
function folderTest(name: string, fn: (folder: string, t: Deno.TestContext) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async (t) => {
      const folder = await Deno.makeTempDir();
      try {
        await fn(folder, t);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

folderTest("the embedded store does what every store does", async (folder, t) => {
  let files = 0;
  await storeSuite(t, () => {
    const url = `sqlite:${join(folder, `${++files}.sqlite`)}`;
    return () => openStore(url);
  });
});

folderTest("the database's files are for their owner alone", async (folder) => {
  const store = await openStore(`sqlite:${join(folder, "chat.sqlite")}`);
  try {
    await store.createAccount({ name: "Ann", passwordHash: "x", createdAt: 0 });
    const modes: Record<string, number | undefined> = {};
    for await (const { name } of Deno.readDir(folder)) {
      modes[name] = ((await Deno.stat(join(folder, name))).mode ?? 0) & 0o777;
    }
    assert.equal(modes["chat.sqlite"], 0o600);
    assert.deepEqual(Object.values(modes).filter((mode) => mode !== 0o600), []);
  } finally {
    await store.close();
  }
});

folderTest("a second server cannot open the same file", async (folder) => {
  const file = join(folder, "chat.sqlite");
  const store = await openStore(`sqlite:${file}`);
  try {
    await assert.rejects(openStore(`sqlite:${file}`), (error) => {
      assert.ok(error instanceof Error);
      assert.ok(error.message.startsWith(`Cannot open ${file}: another server is using it.`), error.message);
      return true;
    });
  } finally {
    await store.close();
  }
  await (await openStore(`sqlite:${file}`)).close();
});

folderTest("a file that cannot be used is refused with a sentence", async (folder) => {
  const file = join(folder, "not a database");
  await Deno.writeTextFile(file, "hello ".repeat(1000));
  await assert.rejects(openStore(`sqlite:${file}`), /^Error: Cannot open .*not a database: ./);
  await assert.rejects(openStore(`sqlite:${join(folder, "missing", "chat.sqlite")}`), /^Error: Cannot open .*: ./);
});

folderTest("a database of the first version is brought up to date with what is in it", async (folder) => {
  const file = join(folder, "chat.sqlite");
  const old = new DatabaseSync(file);
  for (const statement of [CREATE_MIGRATION_TABLE, ...MIGRATIONS[0]?.sqlite ?? [], ...VERSION_1_ROWS]) {
    old.exec(statement);
  }
  old.prepare(INSERT_VERSION).run(1, 0);
  old.close();
  await withStore(() => openStore(`sqlite:${file}`), fromVersion1);
});
