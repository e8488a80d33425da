/** Reading the rows of one table out of an SQL dump, whoever wrote it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { dumpedRows } from "../../lib/store/sql_dump.ts";

const TABLE = { name: "user", columns: ["account", "username", "password", "createTime"] } as const;
const rows = (sql: string) => [...dumpedRows(sql, TABLE)].map((row) => Object.fromEntries(row));
const row = (account: unknown, username: unknown, password: unknown, createtime: unknown = null) => ({
  account,
  username,
  password,
  createtime,
});

Deno.test("a dump as mysqldump writes it", () => {
  const sql = `-- MySQL dump 10.13  Distrib 5.7; isn't that nice
/*!40101 SET NAMES utf8mb4 */;
/*M!999999\\- enable the sandbox mode */
DROP TABLE IF EXISTS \`user\`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE \`user\` (
  \`username\` varchar(20) COLLATE utf8_bin DEFAULT 'a,b)',
  \`account\` int(11) NOT NULL,
  \`createTime\` datetime DEFAULT NULL,
  \`password\` varchar(20) DEFAULT NULL,
  PRIMARY KEY (\`account\`),
  KEY \`name\` (\`username\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES \`user\` WRITE;
/*!40000 ALTER TABLE \`user\` DISABLE KEYS */;
INSERT INTO \`user\` VALUES ('Alice',1001,'2020-01-02 03:04:05','alice123'),('O\\'Brien; -- \\\\ \\"x\\"',1002,NULL,'a''b\\n');
INSERT INTO \`other\` VALUES (1,'user','x','y');
/*!40000 ALTER TABLE \`user\` ENABLE KEYS */;
UNLOCK TABLES;
`;
  assert.deepEqual(rows(sql), [
    row(1001, "Alice", "alice123", "2020-01-02 03:04:05"),
    row(1002, `O'Brien; -- \\ "x"`, "a'b\n"),
  ]);
});

Deno.test("INSERTs as people write them", () => {
  const cases: readonly [string, readonly object[]][] = [
    ["insert into user values (1, 'a', 'b', null)", [row(1, "a", "b")]],
    ["INSERT INTO chatroom.user VALUES(1,'a','b',NULL);", [row(1, "a", "b")]],
    ['Insert Ignore `chatroom` . `USER` value (\'1\', "it\'s", "say ""x""", null)', [row("1", "it's", 'say "x"')]],
    ["REPLACE INTO user (Password, ACCOUNT) VALUES ('p', 7), ('q', -8);", [{ password: "p", account: 7 }, {
      password: "q",
      account: -8,
    }]],
    ["INSERT INTO user SET account = 5, username='x', password=_utf8mb4'y'", [{
      account: 5,
      username: "x",
      password: "y",
    }]],
    ["INSERT INTO user VALUES (1, X'616263', 0x64, NOW()), (2, 'a' 'b', MD5('x'), default)", [
      { ...row(1, "abc", "d"), createtime: undefined },
      { ...row(2, "ab", undefined), createtime: undefined },
    ]],
    ["INSERT INTO user VALUES (1,'a','b',null) ON DUPLICATE KEY UPDATE username='c'", [row(1, "a", "b")]],
    ["INSERT INTO user (account, `user`.`password`) VALUES (1, 'a') # the end; '", [{ account: 1, password: "a" }]],
    ["/* INSERT INTO user VALUES (1,'a','b',null); */ -- '\nSELECT 1", []],
    ["INSERT INTO users VALUES (1,'a','b',null); DELETE FROM user; INSERT INTO user SELECT * FROM x", []],
  ];
  for (const [sql, expected] of cases) assert.deepEqual(rows(sql), expected, sql);
});

Deno.test("whatever a value holds, it is read as it was written", () => {
  const escapes: Readonly<Record<string, string>> = { "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z" };
  const escape = (text: string) =>
    text.split("").map((unit) => escapes[unit] ?? (/['"\\]/.test(unit) ? `\\${unit}` : unit)).join("");
  const double = (text: string) => text.replace(/\\/g, "\\\\").replace(/'/g, "''");
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(fc.nat(), text, text, (account, name, password) => {
    const sql = `INSERT INTO user VALUES (${account},'${escape(name)}','${double(password)}',NULL);`;
    assert.deepEqual(rows(sql), [row(account, name, password)]);
  }));
});

Deno.test("a quote that is never closed is an error that names the line and quotes nothing", () => {
  assert.throws(() => rows("SELECT 1;\nINSERT INTO user VALUES (1,'a','secret"), (error) => {
    assert.ok(error instanceof SyntaxError);
    assert.match(error.message, /line 2/);
    assert.ok(!error.message.includes("secret"));
    return true;
  });
});

Deno.test("any text at all is rows or a SyntaxError", () => {
  const parts = fc.constantFrom(
    ..."INSERT INTO user VALUES SET ( ) , ; ' \" ` \\ = . - 1 'a' NULL CREATE TABLE /* */ /*! -- # x 0x41".split(" "),
    "\n",
  );
  fc.assert(fc.property(fc.array(fc.oneof(parts, fc.string())), (words) => {
    try {
      rows(words.join(" "));
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
    }
  }));
});
