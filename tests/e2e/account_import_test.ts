/** The original's people move in: from its database or a dump, and log in from both clients as they always did. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Connection, createConnection } from "mysql2/promise";
import { chat } from "../support/client.ts";
import { type MariaDb, mysqlTest } from "../support/mariadb.ts";
import { QtClient } from "../support/qt_client.ts";
import { type Reachable, serve, temporaryFolder } from "../support/server.ts";
import { until } from "../support/within.ts";

const SCHEMA =
  "CREATE TABLE `user` (`account` int NOT NULL PRIMARY KEY, `username` varchar(20), `password` varchar(20)," +
  " `createTime` datetime) DEFAULT CHARSET=utf8mb4";

/** People as the original knows them, and some that it should not have let in. */
const PEOPLE = [
  [1001, "Alice", "alice123"],
  [1002, "鲍勃", "B0b'\"\\;--"],
  [7, "Seven", "abc"],
  [65_535, "Last", "p".repeat(20)],
] as const;
const OTHERS = [
  [0, "Zero", "zero1234"],
  [70_000, "Far", "secret-of-far"],
  [2001, "a\nb", "secret-of-two"],
  [2002, "Nobody", ""],
  [2003, null, "secret-of-three"],
] as const;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "server.ts", "account", "import", ...args],
    cwd: new URL("../..", import.meta.url),
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Everybody of the original logs in with the old password, on the old client and on the new one. */
async function everybodyLogsIn(server: Reachable): Promise<void> {
  for (const [account, name, password] of PEOPLE) {
    const number = String(account).padStart(3, "0");
    await using old = await QtClient.open(server, { account, name });
    assert.deepEqual(await old.login(password, number), { status: 0, username: name });
    const { code, stderr } = await chat(["who", "--account", number, "--json"], {
      server,
      env: { CHAT_PASSWORD: password },
    });
    assert.equal(code, 0, `${name}: ${stderr}`);
    assert.deepEqual(await old.login(password.toUpperCase() + "x", number), { status: 1 });
  }
}

async function original(db: MariaDb, name: string, use: (connection: Connection) => Promise<void>): Promise<void> {
  const { host, port, user, password } = db;
  const connection = await createConnection({ host, port, user, password, charset: "utf8mb4_bin" });
  try {
    await connection.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
    await connection.query(`USE ${name}`);
    await use(connection);
  } finally {
    await connection.end();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const fill = (db: MariaDb, name: string, people: readonly (readonly [number, string | null, string])[]) =>
  original(db, name, async (connection) => {
    await connection.query(SCHEMA);
    for (const person of people) {
      await connection.query("INSERT INTO `user` VALUES (?, ?, ?, '2020-02-03 04:05:06')", [...person]);
    }
  });

await mysqlTest("account import from the original's database", async (db, t) => {
  const url = db.url("chatroom");
  await fill(db, "chatroom", PEOPLE);
  let checksum: unknown;
  await original(db, "chatroom", async (connection) => {
    [checksum] = await connection.query("CHECKSUM TABLE `user`");
  });

  await t.step("into the same database, which leaves the original's table as it was", async () => {
    const { code, stdout, stderr } = await run("--database", url);
    assert.deepEqual([code, stdout, stderr], [0, "4 imported, 0 there already, 0 refused\n", ""]);
    await original(db, "chatroom", async (connection) => {
      const [after] = await connection.query("CHECKSUM TABLE `user`");
      assert.deepEqual(after, checksum);
      const [stored] = await connection.query("SELECT * FROM chat_account");
      const text = JSON.stringify(stored);
      for (const [, , password] of PEOPLE) assert.ok(!text.includes(JSON.stringify(password).slice(1, -1)));
      assert.equal(text.split("$argon2id$").length, PEOPLE.length + 1);
    });
    await using server = await serve({ database: url });
    await everybodyLogsIn(server);
  });

  await t.step("again: those who are there are left alone, the others are told apart", async () => {
    await fill(db, "more", [...PEOPLE.slice(0, 1), ...OTHERS, [3001, "New", "new12345"]]);
    const { code, stdout } = await run("--from", db.url("more"), "--database", url);
    assert.equal(code, 1);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "0: refused, an account number is between 1 and 65535",
      "1001 (Alice): there already, left as it is",
      "2001: refused, a name has no control or invisible characters",
      "2002: refused, it has no password",
      "2003: refused, it has no name",
      "70000: refused, an account number is between 1 and 65535",
      "1 imported, 1 there already, 5 refused",
    ]);
    const { stdout: json } = await run("--from", db.url("more"), "--database", url, "--json");
    const lines = json.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.at(-1), { imported: 0, present: 2, refused: 5 });
    assert.deepEqual(lines[1], { status: "present", account: 1001, name: "Alice" });
    assert.ok(![stdout, json].some((text) => /secret|alice123|zero1234/.test(text)), "no password is printed");
  });

  await t.step("from what mysqldump writes", async () => {
    await using stack = new AsyncDisposableStack();
    const dataDir = temporaryFolder(stack);
    const dumped = await new Deno.Command("mysqldump", {
      args: ["--no-defaults", `--host=${db.host}`, `--port=${db.port}`, `--user=${db.user}`, "chatroom"],
      env: { MYSQL_PWD: db.password },
      stdin: "null",
    }).output();
    assert.ok(dumped.success, new TextDecoder().decode(dumped.stderr));
    const dump = join(dataDir, "dump.sql");
    await Deno.writeFile(dump, dumped.stdout);
    const { code, stdout } = await run("--from", dump, "--data-dir", dataDir);
    assert.deepEqual([code, stdout], [0, "4 imported, 0 there already, 0 refused\n"]);
    await using server = await serve({ dataDir });
    for (const [account, name, password] of PEOPLE) {
      await using old = await QtClient.open(server, { account, name });
      assert.deepEqual(await old.login(password, String(account).padStart(3, "0")), { status: 0, username: name });
    }
  });

  await t.step("what cannot be read is said without a password", async () => {
    await original(db, "empty", () => Promise.resolve());
    for (const from of [db.url("empty"), db.url("nowhere"), db.url("empty").replace(/:\d+\//, ":1/"), "/nowhere.sql"]) {
      const { code, stdout, stderr } = await run("--from", from, "--database", url);
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /^chat-server: Cannot read /);
      assert.ok(!stderr.includes(db.password) && !stderr.includes(encodeURIComponent(db.password)), stderr);
    }
  });

  await t.step("defect: the database connection is cut", async () => {
    await using server = await serve({ database: url });
    await using old = await QtClient.open(server, { account: 1001, name: "Alice" });
    await db.kill();
    assert.deepEqual(await old.login("alice123"), { status: 1 });
    assert.equal(await old.register("secret123", "Eve", "4001"), 1);
    await db.restart();
    await until(async () => (await old.login("alice123")).status === 0, "the database to be used again");
    await old.read();
    await old.reader.expect("list");
    await db.kill();
    await old.sendText("said while it was away");
    await db.restart();
    await old.reader.expectText("said while it was away");
  });
});

Deno.test("account import from a dump into an embedded database", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const dump = join(folder, "user.sql");
  const quote = (text: string) => `'${text.replace(/['\\]/g, (found) => `\\${found}`)}'`;
  const values = PEOPLE.map(([account, name, password]) =>
    `(${account},${quote(name)},${quote(password)},'2020-02-03 04:05:06')`
  );
  await Deno.writeTextFile(dump, `-- a dump\n${SCHEMA};\nINSERT INTO \`user\` VALUES ${values.join(",")};\n`);
  const dataDir = join(folder, "data");
  const { code, stdout, stderr } = await run("--from", dump, "--data-dir", dataDir);
  assert.deepEqual([code, stdout, stderr], [0, "4 imported, 0 there already, 0 refused\n", ""]);
  await using server = await serve({ dataDir });
  await everybodyLogsIn(server);

  assert.equal((await run("--data-dir", dataDir)).code, 2, "an embedded database has no original in it");
});
