/** The README's recipes for MySQL, run from its own code blocks on a private MariaDB. */
import assert from "node:assert/strict";
import { createConnection } from "mysql2/promise";
import { openLink } from "../chaos/actors.ts";
import { type MariaDb, mysqlTest, startMariaDb } from "../support/mariadb.ts";
import { readmeBlock } from "../support/readme_blocks.ts";
import { spawnServer, temporaryFolder } from "../support/server.ts";
import { within } from "../support/within.ts";

/** As Debian starts it, where the user of 127.0.0.1 is the one of localhost. */
const AS_DEBIAN = ["--skip-name-resolve=OFF"];

async function run(sql: string, { host, port, user, password }: MariaDb): Promise<void> {
  const connection = await createConnection({ host, port, user, password, multipleStatements: true });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Starts the server as a block says, and posts through it. */
async function talk(block: string, words: Readonly<Record<string, string>>): Promise<void> {
  const [, url = ""] = /^\.\/chat-server --database '([^']*)'$/m.exec(readmeBlock(block, words)) ?? [];
  await using stack = new AsyncDisposableStack();
  await using server = await spawnServer(temporaryFolder(stack), { args: [`--database=${url}`] });
  const person = { op: "register", account: 1001, name: "小明", password: "readme-password" } as const;
  const link = await within(openLink(server.address.port, person), () => `Nobody gets in: ${server.stderr()}`);
  try {
    const { seq } = await link.ask({ op: "post", room: "lobby", id: crypto.randomUUID(), text: "你好 👋" }, "stored");
    assert.equal(seq, 1);
  } finally {
    await link.close();
  }
}

await mysqlTest("readme: MySQL the way the original is set up", async (db) => {
  await run(readmeBlock("mysql-original"), db);
  await talk("mysql-original-start", { "3306": String(db.port) });
}, () => startMariaDb({ args: AS_DEBIAN }));

const folder = await Deno.makeTempDir({ prefix: "chat-test-" });
const words = { "/etc/mysql/": `${folder}/` };

/** A database with the certificate that a block makes, and the settings that another says. */
async function withCertificate(): Promise<MariaDb> {
  const script = readmeBlock("mysql-certificate", { ...words, "chown mysql": "chmod 600" });
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", script], stdin: "null" }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const lines = readmeBlock("mysql-tls", words).matchAll(/^(\w+) = (.*)$/gm);
  return await startMariaDb({ args: [...AS_DEBIAN, ...[...lines].map(([, key, value]) => `--${key}=${value}`)] });
}

await mysqlTest("readme: MySQL the better way: own user, least rights, utf8mb4, TLS", async (db) => {
  try {
    await run(readmeBlock("mysql-better"), db);
    await talk("mysql-better-start", { ...words, "3306": String(db.port) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, withCertificate);
