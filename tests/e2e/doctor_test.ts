/** `chat-server doctor` on set-ups that are right, and on those that are broken in every way it knows. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { freePort } from "../support/free_port.ts";
import { makeAuthority, placeCertificate } from "../support/certificates.ts";
import { type MariaDb, mysqlTest } from "../support/mariadb.ts";
import { operator, type OperatorOptions, type Outcome } from "../support/operator.ts";
import { spawnServer, temporaryFolder } from "../support/server.ts";

const doctor = (args: readonly string[], options?: OperatorOptions): Promise<Outcome> =>
  operator(["doctor", "--host", "127.0.0.1", ...args, "--json"], options);

/** What it says about one thing, and that it said so by its exit code. */
async function finding(check: string, args: readonly string[], options?: OperatorOptions) {
  const outcome = await doctor(args, options);
  const found = outcome.rows.filter((row) => row.check === check);
  assert.equal(outcome.code, outcome.rows.some(({ state }) => state === "wrong") ? 1 : 0, outcome.stderr);
  assert.ok(found.length > 0, `nothing about ${check}: ${outcome.stdout}${outcome.stderr}`);
  for (const { message, remedy, state } of found) {
    assert.match(String(message), /^[^\n]+\.$|^[^\n]+\?$/);
    assert.equal(typeof remedy, state === "fine" ? "undefined" : "string");
  }
  return found;
}

const wrong = async (check: string, args: readonly string[], options?: OperatorOptions): Promise<string> => {
  const found = await finding(check, args, options);
  assert.ok(found.every(({ state }) => state === "wrong"), JSON.stringify(found));
  return found.map(({ message, remedy }) => `${message} ${remedy}`).join("\n");
};

Deno.test("nothing is wrong before the first start, while the server runs, and afterwards; and nothing is changed", async () => {
  await using stack = new AsyncDisposableStack();
  const parent = temporaryFolder(stack);
  const dataDir = join(parent, "data");
  const port = freePort();
  const args = ["--data-dir", dataDir, "--port", `${port}`, "--max-connections", "100"];
  const all = async (before?: string) => {
    const { code, rows, stdout } = await doctor(args, before === undefined ? {} : { before });
    assert.equal(code, 0, stdout);
    assert.deepEqual(
      rows.map(({ check, state }) => `${check} ${state}`),
      ["configuration", "folders", "port", "database", "certificate", "descriptors", "disk", "clock"].map((check) =>
        `${check} fine`
      ),
    );
    return stdout;
  };
  assert.match(await all(), /is made at the first start/);
  await assert.rejects(Deno.stat(dataDir), Deno.errors.NotFound);
  await Deno.mkdir(dataDir, { mode: 0o700 });
  {
    await using server = await spawnServer(dataDir, { port });
    assert.match(await all(), new RegExp(`Our server is listening on 127.0.0.1:${port}`));
    assert.equal((await server.stop("SIGTERM")).code, 0);
  }
  const files = () => [...Deno.readDirSync(dataDir)].map(({ name }) => name).toSorted();
  const before = files();
  assert.match(await all(), /tables of version \d/);
  assert.deepEqual(files(), before);
  const { stdout, code } = await operator(["doctor", ...args]);
  assert.equal(code, 0);
  assert.match(stdout, /^fine +database +\S+chat\.sqlite has tables of version \d+\.$/m);
});

Deno.test("modes that let others in", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  {
    await using server = await spawnServer(dataDir);
    await server.stop("SIGTERM");
  }
  const args = ["--data-dir", dataDir];
  await Deno.chmod(dataDir, 0o755);
  assert.deepEqual((await finding("folders", args)).map(({ state }) => state), ["warning"]);
  await Deno.chmod(dataDir, 0o777);
  assert.match(await wrong("folders", args), /Other users may change what is in .* \(mode 0777\)\. chmod go-w \//);
  await Deno.chmod(dataDir, 0o700);
  await Deno.chmod(join(dataDir, "image"), 0o750);
  await Deno.chmod(join(dataDir, "chat.sqlite"), 0o644);
  assert.match(await wrong("folders", args), /image \(mode 0750\)\. chmod -R go= .*\n.*chat\.sqlite \(mode 0644\)/);
  await Deno.remove(join(dataDir, "image"), { recursive: true });
  await Deno.remove(join(dataDir, "chat.sqlite"));
  await Deno.remove(join(dataDir, "file"), { recursive: true });
  await Deno.writeTextFile(join(dataDir, "a-file"), "");
  const within = join(dataDir, "a-file", "nowhere");
  assert.match(await wrong("folders", ["--data-dir", within]), /Nothing can be written to .*a-file/);
});

Deno.test("a port that another program has, an address that is not ours", async () => {
  await using stack = new AsyncDisposableStack();
  const args = ["--data-dir", temporaryFolder(stack)];
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.match(
    await wrong("port", [...args, "--port", `${port}`]),
    /already in use\. Stop what listens there \(ss -ltnp/,
  );
  assert.match(
    await wrong("port", [...args, "--host", "192.0.2.1"]),
    /Cannot assign .* Name an address of this machine/,
  );
});

Deno.test("a file that is no database, and one of a newer server", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const file = join(dataDir, "chat.sqlite");
  await Deno.writeTextFile(file, "not a database ".repeat(1000), { mode: 0o600 });
  assert.match(await wrong("database", ["--data-dir", dataDir]), /cannot be read as a database: .*not a database/);
  await Deno.remove(file);
  {
    await using server = await spawnServer(dataDir);
    await server.stop("SIGTERM");
  }
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(file);
  db.exec("INSERT INTO chat_migration VALUES (1000, 0)");
  db.close();
  assert.match(await wrong("database", ["--data-dir", dataDir]), /tables have version 1000, .* Run the newer server/);
});

Deno.test("a certificate that is over, for another name, with another key, or none at all", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await Deno.chmod(dataDir, 0o700);
  const authority = await makeAuthority();
  const args = ["--data-dir", dataDir];
  const right = await authority.issue("chat.example.org");
  await placeCertificate(dataDir, right);
  const state = async (...more: readonly string[]) => (await finding("certificate", [...args, ...more]))[0]?.state;
  assert.equal(await state(), "fine");
  assert.equal(await state("--name", "Chat.example.org"), "fine");
  const named = await wrong("certificate", [...args, "--name", "example.org"]);
  assert.match(named, /The certificate is for chat\.example\.org, not for example\.org\./);
  await placeCertificate(dataDir, await authority.issue("chat.example.org", { days: -1 }));
  assert.match(await wrong("certificate", args), /has expired on \d{4}-\d\d-\d\d: clients turn away\. Renew it/);
  await placeCertificate(dataDir, await authority.issue("chat.example.org", { days: 5 }));
  assert.equal(await state(), "warning");
  await placeCertificate(dataDir, { ...right, key: (await authority.issue("chat.example.org")).key });
  assert.match(await wrong("certificate", args), /key\.pem is not the key of .*cert\.pem/);
  await placeCertificate(dataDir, { ...right, cert: "nothing" });
  assert.match(await wrong("certificate", args), /cert\.pem cannot be used: /);
  assert.match(await wrong("certificate", [...args, "--tls-key", "/nowhere"]), /\/nowhere cannot be used: /);
  assert.equal(await state("--tls", "off"), "fine");
  assert.equal(await state("--tls", "off", "--plaintext", "any"), "warning");
});

Deno.test("few descriptors", async () => {
  await using stack = new AsyncDisposableStack();
  const args = ["--data-dir", temporaryFolder(stack)];
  const [found] = await finding("descriptors", args, { before: "ulimit -n 400" });
  assert.equal(found?.state, "warning");
  assert.match(
    String(found?.message),
    /^There are descriptors for \d+ connections, and --max-connections allows 20000\.$/,
  );
  assert.match(String(found?.remedy), /LimitNOFILE=\d+/);
});

Deno.test("a configuration that is wrong, by doctor and by --check-config", async () => {
  await using stack = new AsyncDisposableStack();
  const file = join(temporaryFolder(stack), "test.conf");
  await Deno.writeTextFile(file, "PORT=9999\n\nMAX_FILE=lots\n");
  const args = ["--config", file];
  assert.match(await wrong("configuration", args), /line 3: MAX_FILE: A size is written like/);
  const checked = await operator(["--check-config", ...args]);
  assert.deepEqual([checked.code, checked.stdout], [1, ""]);
  assert.match(checked.stderr, /^chat-server: Cannot read \S+, line 3: MAX_FILE: .+\n$/);
  await Deno.writeTextFile(file, "PORT=9999\n");
  const right = await operator(["--check-config", ...args]);
  assert.deepEqual([right.code, right.stdout], [0, "The configuration is right.\n"]);
  assert.equal((await operator(["doctor", "--prot", "1"])).code, 2);
  assert.equal((await operator(["doctor", "--port", "x"])).code, 2);
});

async function asRoot(db: MariaDb, ...statements: readonly string[]): Promise<void> {
  const { host, port, user, password } = db;
  const connection = await createConnection({ host, port, user, password });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

await mysqlTest("the doctor and MariaDB", async (db, t) => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  const on = (url: string) => ["--data-dir", dataDir, "--database", url];
  const as = (user: string, database: string) => `mysql://${user}:secret-1@${db.host}:${db.port}/${database}`;
  const message = async (url: string) => String((await finding("database", on(url)))[0]?.message);

  await t.step("before the first start, and afterwards", async () => {
    const url = db.url("room");
    assert.match(await message(url), /^room on \S*MariaDB\S* is made at the first start; the user may do all/);
    {
      await using server = await spawnServer(dataDir, { args: ["--database", url] });
      assert.match(await message(url), /has tables of version \d+; the user may do all that is needed/);
      await server.stop("SIGTERM");
    }
  });

  await t.step("rights that are missing are named; those that the server needs are enough for it", async () => {
    const rights = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, `INDEX`, REFERENCES".replaceAll("`", "");
    await asRoot(
      db,
      "CREATE USER reader IDENTIFIED BY 'secret-1', worker IDENTIFIED BY 'secret-1'",
      "GRANT SELECT, INSERT ON room.* TO reader",
      "CREATE DATABASE own_room",
      `GRANT ${rights} ON \`own\\_room\`.* TO worker`,
    );
    const said = await wrong("database", on(as("reader", "room")));
    assert.match(said, /UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES is missing\. .*GRANT UPDATE, DELETE/);
    assert.match(await wrong("database", on(as("reader", "other"))), /may not make the database other/);
    assert.match(await message(as("worker", "own_room")), /the user may do all that is needed/);
    await using server = await spawnServer(dataDir, { args: ["--database", as("worker", "own_room")] });
    assert.match(server.stderr(), /database-available/);
    assert.match(await message(as("worker", "own_room")), /has tables of version/);
  });

  await t.step("characters that do not fit, and tables of a newer server", async () => {
    await asRoot(
      db,
      "ALTER TABLE own_room.chat_room CONVERT TO CHARACTER SET latin1",
      "INSERT INTO own_room.chat_migration VALUES (1000, 0)",
    );
    const said = await wrong("database", on(as("worker", "own_room")));
    assert.match(said, /^chat_room cannot hold every character: not utf8mb4/m);
    assert.match(said, /version 1000/);
  });

  await t.step("a wrong password, and a database that is away: said, and the password is not", async () => {
    const refused = await wrong("database", on(as("worker", "own_room").replace("secret-1", "hidden-2")));
    assert.match(refused, /refuses the user worker/);
    assert.doesNotMatch(refused, /hidden-2/);
    await db.kill();
    assert.match(await wrong("database", on(db.url("room"))), /nothing answers at .*is the database running\? Start/);
  });
});
