/** The store in MySQL: what every store does, and what only one can that may be away. */
import assert from "node:assert/strict";
import { type Connection, createConnection } from "mysql2/promise";
import type { Draft } from "../../lib/chat/types.ts";
import type { StoreState } from "../../lib/store/availability.ts";
import { CREATE_MIGRATION_TABLE, INSERT_VERSION, MIGRATIONS } from "../../lib/store/migrations.ts";
import { openMysql } from "../../lib/store/mysql.ts";
import { openStore } from "../../lib/store/open.ts";
import { type Store, StoreUnavailable } from "../../lib/store/store.ts";
import { type MariaDb, mysqlTest } from "../support/mariadb.ts";
import { until } from "../support/within.ts";
import { AT, draft, newAccount, storeSuite, withStore } from "./store_suite.ts";
import { fromVersion1, VERSION_1_ROWS } from "./version_1.ts";

let databases = 0;
const newDatabase = (): string => `chat_${++databases}`;

async function direct<T>(db: MariaDb, use: (connection: Connection) => Promise<T>): Promise<T> {
  const { host, port, user, password } = db;
  const connection = await createConnection({ host, port, user, password });
  try {
    return await use(connection);
  } finally {
    await connection.end();
    // The socket closes a turn later.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Opens a store, closes it at the end, and keeps what it said of its state. */
async function watched(url: string, use: (store: Store, states: StoreState[]) => Promise<void>): Promise<void> {
  const states: StoreState[] = [];
  await withStore(() => openStore(url, { onState: (state) => states.push(state) }), (store) => use(store, states));
}

const isAvailable = (states: readonly StoreState[], available: boolean) => states.at(-1)?.available === available;

/** What a client does: asks again until the database answers. */
async function appendUntilDone(store: Store, drafts: readonly Draft[]) {
  for (;;) {
    try {
      return await store.append("lobby", drafts, AT);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

await mysqlTest("the MySQL store does what every store does", async (db, t) => {
  await storeSuite(t, () => {
    const url = db.url(newDatabase());
    return () => openStore(url);
  });
});

await mysqlTest("the MySQL store and a database that comes and goes", async (db, t) => {
  await t.step("a database that is down at the start is used as soon as it is up", async () => {
    await db.kill();
    await watched(db.url(newDatabase()), async (store, states) => {
      await assert.rejects(store.head("lobby"), (error) => {
        assert.ok(error instanceof StoreUnavailable);
        assert.match(error.message, /nothing answers at 127\.0\.0\.1:\d+/);
        return true;
      });
      assert.deepEqual(states.map((state) => state.available), [false]);
      await db.restart();
      await until(() => isAvailable(states, true), "the database to be noticed");
      assert.equal((await store.append("lobby", [draft("hello")], AT))[0]?.status, "stored");
    });
  });

  await t.step("every acknowledged post survives a kill of the database, once and without a gap", async () => {
    await watched(db.url(newDatabase()), async (store, states) => {
      const acknowledged = new Map<string, number>();
      let stop = false;
      const writers = Array.from({ length: 4 }, async () => {
        while (!stop) {
          const drafts = Array.from({ length: 3 }, (_, n) => draft(`post ${n}`));
          for (const result of await appendUntilDone(store, drafts)) {
            assert.notEqual(result.status, "conflict");
            if (result.status !== "conflict") acknowledged.set(result.post.id, result.post.seq);
          }
        }
      });
      for (let round = 1; round <= 3; round++) {
        const before = acknowledged.size;
        await until(() => acknowledged.size > before + 30, "posts to be acknowledged");
        await db.kill();
        await until(() => isAvailable(states, false), "the outage to be noticed");
        await db.restart();
        await until(() => isAvailable(states, true), "the database to be noticed");
      }
      const before = acknowledged.size;
      await until(() => acknowledged.size > before + 30, "posts to be acknowledged");
      stop = true;
      await Promise.all(writers);

      const posts = await store.posts("lobby", { after: 0, limit: 1_000_000 });
      assert.deepEqual(posts.map((post) => post.seq), posts.map((_, index) => index + 1));
      assert.deepEqual(
        new Map(posts.map((post) => [post.id, post.seq])),
        acknowledged.size === 0 ? null : new Map(
          [...acknowledged].toSorted(([, a], [, b]) => a - b),
        ),
      );
      assert.equal(await store.head("lobby"), posts.length);
    });
  });

  await t.step("a connection that is cut does not outlive the next call", async () => {
    await watched(db.url(newDatabase()), async (store, states) => {
      await store.head("lobby");
      await direct(db, async (connection) => {
        const [rows] = await connection.query(
          "SELECT id FROM information_schema.processlist WHERE user = ? AND id <> CONNECTION_ID()",
          [db.user],
        );
        for (const { id } of rows as { id: number }[]) await connection.query(`KILL ${Number(id)}`);
      });
      await appendUntilDone(store, [draft("still here")]);
      assert.equal(await store.head("lobby"), 1);
      assert.ok(isAvailable(states, true));
    });
  });

  await t.step("a database that was dropped is made again", async () => {
    const name = newDatabase();
    await watched(db.url(name), async (store) => {
      await store.append("lobby", [draft("gone")], AT);
      await direct(db, (connection) => connection.query(`DROP DATABASE ${name}`));
      await appendUntilDone(store, [draft("new")]);
      assert.equal(await store.head("lobby"), 1);
    });
  });

  await t.step("a server has the database to itself, also after a kill of it", async () => {
    const url = db.url(newDatabase());
    const states: StoreState[] = [];
    const alone = (onState?: (state: StoreState) => void) =>
      openStore(url, { alone: true, ...(onState ? { onState } : {}) });
    const first = await alone((state) => states.push(state));
    await assert.rejects(alone(), /another server is using chat_\d+ at 127\.0\.0\.1/);
    await db.kill();
    await until(() => isAvailable(states, false), "the outage to be noticed");
    await db.restart();
    await until(() => isAvailable(states, true), "the database to be noticed");
    await assert.rejects(alone(), /another server is using/);
    await first.close();
    await (await alone()).close();
  });

  await t.step(
    "whoever comes first after an outage has the database; the other one is away until that one ends",
    async () => {
      const url = db.url(newDatabase());
      await db.kill();
      const states: StoreState[][] = [[], []];
      const stores = await Promise.all(
        states.map((seen) => openStore(url, { alone: true, onState: (state) => seen.push(state) })),
      );
      await db.restart();
      const winner = () => states.findIndex((seen) => isAvailable(seen, true));
      await until(() => winner() >= 0, "one to get in");
      const [inside, outside] = winner() === 0 ? stores : stores.toReversed();
      await assert.rejects(outside?.head("lobby") ?? Promise.resolve(), StoreUnavailable);
      await inside?.close();
      await until(() => states.every((seen) => isAvailable(seen, true)), "the other to get in");
      await outside?.close();
    },
  );

  await t.step("a server that accepts and says nothing is away", async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const accepted = listener.accept();
    await watched(`mysql://u:secret@127.0.0.1:${port}/chat`, async (store) => {
      await assert.rejects(store.head("lobby"), /127\.0\.0\.1:\d+ does not answer in time/);
    });
    (await accepted).close();
  });
});

await mysqlTest("the MySQL store and other people's databases", async (db, t) => {
  await t.step("the original program's table stays as it is", async () => {
    const name = newDatabase();
    const rows = await direct(db, async (connection) => {
      await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await connection.query(`USE ${name}`);
      await connection.query(
        "CREATE TABLE user (account int primary key, username varchar(20), password varchar(20), createTime datetime)",
      );
      await connection.query("INSERT INTO user VALUES (1001, '张三', 'abc123', '2020-01-02 03:04:05')");
      return (await connection.query("SELECT * FROM user"))[0];
    });
    await watched(db.url(name), async (store) => {
      assert.deepEqual(await store.createAccount(newAccount()), { status: "created", account: 1001 });
      await store.append("lobby", [draft("hello")], AT);
    });
    await direct(db, async (connection) => {
      await connection.query(`USE ${name}`);
      assert.deepEqual((await connection.query("SELECT * FROM user"))[0], rows);
      const [tables] = await connection.query("SHOW TABLES");
      const names = (tables as Record<string, string>[]).flatMap((row) => Object.values(row)).toSorted();
      const ours = ["account", "audit", "code", "migration", "post", "role", "room", "sanction", "token"];
      assert.deepEqual(names, [...ours.map((name) => `chat_${name}`), "user"]);
    });
  });

  await t.step("several servers may open a new database at the same time", async () => {
    const url = db.url(newDatabase());
    const stores = Array.from({ length: 4 }, () => openMysql(url));
    try {
      const results = await Promise.all(stores.map((store) => store.append("lobby", [draft("me")], AT)));
      const seqs = results.map(([result]) => result?.status === "stored" ? result.post.seq : undefined);
      assert.deepEqual(seqs.toSorted(), [1, 2, 3, 4]);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  await t.step("a database that a newer server has used is refused", async () => {
    const name = newDatabase();
    await watched(db.url(name), async (store) => void await store.head("lobby"));
    await direct(db, (connection) => connection.query(`INSERT INTO ${name}.chat_migration VALUES (1000, 0)`));
    await watched(db.url(name), async (store) => {
      await assert.rejects(store.head("lobby"), { name: "StoreUnavailable", message: /Run the newer server/ });
    });
  });

  await t.step("a migration that was cut off half-way is finished", async () => {
    const name = newDatabase();
    await watched(db.url(name), async (store) => void await store.head("lobby"));
    await direct(db, async (connection) => {
      await connection.query(`DELETE FROM ${name}.chat_migration`);
      await connection.query(`DROP TABLE ${name}.chat_post`);
    });
    await watched(db.url(name), async (store) => {
      assert.equal((await store.append("lobby", [draft("hello")], AT))[0]?.status, "stored");
    });
  });

  await t.step("a database of the first version is brought up to date with what is in it", async () => {
    const name = newDatabase();
    await direct(db, async (connection) => {
      await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await connection.query(`USE ${name}`);
      for (const statement of [CREATE_MIGRATION_TABLE, ...MIGRATIONS[0]?.mysql ?? [], ...VERSION_1_ROWS]) {
        await connection.query(statement);
      }
      await connection.query(INSERT_VERSION, [1, 0]);
    });
    await watched(db.url(name), fromVersion1);
  });

  await t.step("a wrong password is named, and not told", async () => {
    const url = new URL(db.url("chat"));
    url.password = "not-the-password";
    await watched(url.href, async (store, states) => {
      const error = await store.head("lobby").then(() => undefined, (error) => error);
      assert.ok(error instanceof StoreUnavailable);
      assert.match(error.message, /refuses the user chat_test: the name or the password is wrong/);
      assert.ok(!JSON.stringify([error.message, states]).includes("not-the-password"));
    });
  });

  await t.step("an account whose answer was lost may be asked for again", async () => {
    await watched(db.url(newDatabase()), async (store) => {
      const account = newAccount(1001, "Ann");
      assert.deepEqual(await store.createAccount(account), { status: "created", account: 1001 });
      assert.deepEqual(await store.createAccount(account), { status: "created", account: 1001 });
    });
  });

  await t.step("what does not fit is refused, not cut", async () => {
    await watched(db.url(newDatabase()), async (store, states) => {
      await assert.rejects(store.createAccount(newAccount(1001, "x".repeat(256))), /name/);
      assert.equal(await store.account(1001), undefined);
      assert.ok(isAvailable(states, true));
    });
  });

  /** Gives all numbers of a range away, by one of MariaDB's sequences. */
  const occupy = (name: string, range: string) =>
    direct(db, async (connection) => {
      await connection.query(`USE ${name}`);
      const into = "INSERT IGNORE INTO chat_account (account, name, password_hash, created_at)";
      await connection.query(`${into} SELECT seq, 'x', 'y', 0 FROM seq_${range}`);
    });

  await t.step("when the numbers above are used up, those from 100 are given", async () => {
    const name = newDatabase();
    await watched(db.url(name), async (store) => {
      await store.createAccount(newAccount(101));
      await occupy(name, "1001_to_65535");
      assert.deepEqual(await store.createAccount(newAccount()), { status: "created", account: 100 });
      assert.deepEqual(await store.createAccount(newAccount()), { status: "created", account: 102 });
      await occupy(name, "100_to_1000");
      assert.deepEqual(await store.createAccount(newAccount()), { status: "full" });
    });
  });
});

Deno.test("a database URL that makes no sense is refused with a sentence, and its password is not told", () => {
  const cases = [
    ["mysql://u:secret@h:3306", /ends in \/name/],
    ["mysql://u:secret@h:port/name", /it is mysql:/],
    ["mysql://u:se%cret@h/name", /as %25/],
    ["mysql://u:secret@h/name?ssl=1", /not ssl/],
    ["mysql://u:secret@h/name?tls=maybe", /tls=required/],
    ["mysql://u:secret@h/name?tls=required&ca=/nowhere.pem", /nowhere\.pem is not readable/],
  ] as const;
  for (const [url, expected] of cases) {
    assert.throws(() => openMysql(url), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, expected);
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
});
