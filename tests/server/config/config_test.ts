/** How the server is told what to do, and what it says to a wrong word. */
import assert from "node:assert/strict";
import { readConfig } from "../../../lib/server/config/config.ts";
import type { Config } from "../../../lib/server/config/options.ts";

interface Told {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The text of `/home/server.conf`. */
  readonly conf?: string;
  readonly files?: Readonly<Record<string, string>>;
}

function read({ args = [], env = {}, conf, files = {} }: Told) {
  const before = Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("CHAT_"));
  for (const [name] of before) Deno.env.delete(name);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  const all: Readonly<Record<string, string>> = {
    ...files,
    ...(conf === undefined ? {} : { "/home/server.conf": conf }),
  };
  try {
    return readConfig({ args, version: "1.2.3", home: "/home", dataDir: "/data", readFile: (path) => all[path] });
  } finally {
    for (const name of Object.keys(env)) Deno.env.delete(name);
    for (const [name, value] of before) Deno.env.set(name, value);
  }
}

function config(told: Told): Config {
  const result = read(told);
  if (!("config" in result)) throw new Error(JSON.stringify(result));
  return result.config;
}

function exit(told: Told): { code: number; output: string } {
  const result = read(told);
  assert.ok("exit" in result, `it was accepted: ${JSON.stringify(told)}`);
  return result.exit;
}

Deno.test("nothing said: the defaults", () => {
  const { trust, trustProxy, ...rest } = config({});
  assert.ok(trust.has("127.0.0.1") && trust.has("::1") && !trust.has("192.168.0.1"));
  assert.ok(!trustProxy.has("127.0.0.1"));
  assert.deepEqual(rest, {
    host: "0.0.0.0",
    port: 8888,
    dataDir: "/data",
    database: "sqlite:/data/chat.sqlite",
    maxFile: 2 ** 30,
    maxText: 65_536,
    log: "text",
    logLevel: "info",
    motd: "",
    durability: "full",
    ring: 64 * 2 ** 20,
    registration: "open",
    retain: {},
    sendq: 2 ** 20,
    metrics: undefined,
    maxConnections: 20_000,
    maxPerAddress: 128,
    connectRate: { amount: 128, periodMs: 60_000 },
    visitorTime: 60_000,
    guessRate: { amount: 60, periodMs: 600_000 },
    accountGuessRate: { amount: 30, periodMs: 3_600_000 },
    guessDelay: 900_000,
    registerRate: { amount: 40, periodMs: 3_600_000 },
    joinRate: { amount: 60, periodMs: 60_000 },
    postRate: { amount: 100, periodMs: 20_000 },
    postBytesRate: { amount: 2 ** 21, periodMs: 60_000 },
    lookupRate: { amount: 600, periodMs: 60_000 },
    uploadRate: { amount: 5 * 2 ** 30, periodMs: 86_400_000 },
    quota: 20 * 2 ** 30,
    tls: "auto",
    tlsCert: "/data/tls/cert.pem",
    tlsKey: "/data/tls/key.pem",
    plaintext: "private",
  });
  assert.equal(config({ args: ["--data-dir", "/srv"] }).database, "sqlite:/srv/chat.sqlite");
});

Deno.test("a flag is stronger than the environment, that than server.conf, and that than the default", () => {
  const rows: readonly [keyof Config, string, readonly [string, string, string], readonly unknown[]][] = [
    ["host", "host", ["127.0.0.1", "::1", "10.0.0.1"], ["127.0.0.1", "::1", "10.0.0.1"]],
    ["port", "port", ["0", "2", "65535"], [0, 2, 65_535]],
    ["dataDir", "data-dir", ["/a", "/b c", "/d=e"], ["/a", "/b c", "/d=e"]],
    ["database", "database", ["sqlite:a", "mysql://u:p@h:1/n", "mariadb://h/n"], [
      "sqlite:a",
      "mysql://u:p@h:1/n",
      "mariadb://h/n",
    ]],
    ["maxFile", "max-file", ["1", "2K", "1.5G"], [1, 2048, 1_610_612_736]],
    ["maxText", "max-text", ["1", "2K", "1M"], [1, 2048, 2 ** 20]],
    ["log", "log", ["json", "text", "json"], ["json", "text", "json"]],
    ["logLevel", "log-level", ["warn", "error", "info"], ["warn", "error", "info"]],
    ["motd", "motd", ["Hi", "你好 there", " a "], ["Hi", "你好 there", "a"]],
    ["durability", "durability", ["normal", "full", "normal"], ["normal", "full", "normal"]],
    ["ring", "ring", ["1M", "2M", "1G"], [2 ** 20, 2 ** 21, 2 ** 30]],
    ["retain", "retain", ["posts=7", "days=0.5,bytes=2G", "all"], [
      { posts: 7 },
      { age: 43_200_000, bytes: 2 ** 31 },
      {},
    ]],
    ["sendq", "sendq", ["64K", "2M", "1G"], [2 ** 16, 2 ** 21, 2 ** 30]],
    ["metrics", "metrics", ["127.0.0.1:9464", "[::1]:0", "monitors:65535"], [
      { host: "127.0.0.1", port: 9464 },
      { host: "::1", port: 0 },
      { host: "monitors", port: 65_535 },
    ]],
    ["tls", "tls", ["off", "auto", "off"], ["off", "auto", "off"]],
    ["tlsCert", "tls-cert", ["/a", "b.pem", "/c"], ["/a", "b.pem", "/c"]],
    ["tlsKey", "tls-key", ["/a", "b.pem", "/c"], ["/a", "b.pem", "/c"]],
    ["plaintext", "plaintext", ["never", "any", "private"], ["never", "any", "private"]],
  ];
  for (const [key, flag, [first, second, third], [asFlag, asEnv, asConf]] of rows) {
    const name = flag.replace("-", "_").toUpperCase();
    const conf = `${name}=${third}`, env = { [`CHAT_${name}`]: second };
    assert.deepEqual(config({ conf })[key], asConf, conf);
    assert.deepEqual(config({ conf, env })[key], asEnv);
    assert.deepEqual(config({ conf, env, args: [`--${flag}`, first] })[key], asFlag);
    assert.deepEqual(config({ conf, env, args: [`--${flag}=${first}`] })[key], asFlag);
  }
});

Deno.test("another file than server.conf", () => {
  const files = { "/etc/chat.conf": "PORT=77", "/etc/a=b.conf": "PORT=78" };
  assert.equal(config({ files, conf: "PORT=1", args: ["--config", "/etc/chat.conf"] }).port, 77);
  assert.equal(config({ files, env: { CHAT_CONFIG: "/etc/chat.conf" } }).port, 77);
  assert.equal(config({ files, args: ["--config=/etc/a=b.conf"] }).port, 78);
  assert.match(exit({ args: ["--config", "/nowhere"] }).output, /Cannot read \/nowhere/);
});

Deno.test("a wrong value is refused in one sentence, wherever it stands", () => {
  const wrong = {
    "host": ["", " "],
    "port": ["", "x", "-1", "65536", "1.5", "0x10", "1e3"],
    "data-dir": [""],
    "database": ["postgres://x", "sqlite:", "mysql://", "chat.sqlite"],
    "max-file": ["0", "-1", "x", "9999T"],
    "max-text": ["0", "2M", "1 kilo"],
    "log": ["xml", ""],
    "log-level": ["debug", ""],
    "motd": ["@/nowhere", "x".repeat(4097), "@/"],
    "durability": ["some", ""],
    "ring": ["1K", "5G"],
    "metrics": ["", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "::1:9464", "host:65536", "ho st:1"],
    "retain": ["", "7", "posts=0", "posts=1.5", "days=-1", "bytes=x", "posts=1;days=1", "weeks=1"],
    "sendq": ["0", "2G"],
    "tls": ["", "on", "self-signed"],
    "tls-cert": [""],
    "tls-key": [" "],
    "plaintext": ["", "always", "loopback"],
  };
  for (const [flag, values] of Object.entries(wrong)) {
    const name = flag.replace("-", "_").toUpperCase();
    for (const value of values) {
      for (
        const told of [{ args: [`--${flag}=${value}`] }, { env: { [`CHAT_${name}`]: value } }, {
          conf: `# first\n${name}=${value}`,
        }]
      ) {
        const { code, output } = exit(told);
        assert.equal(code, 2);
        assert.match(output, /^[^\n]+\n$/, "one line");
        assert.match(
          output,
          told.conf === undefined ? new RegExp(told.args ? `--${flag}` : `CHAT_${name}`) : /line 2/,
          output,
        );
      }
    }
  }
});

Deno.test("words that nobody knows", () => {
  const wrong: readonly Told[] = [
    { args: ["--prot", "1"] },
    { args: ["serve"] },
    { args: ["--port"] },
    { conf: "PROT=1" },
    { conf: "CONFIG=other.conf" },
    { conf: "VERSION=2" },
    { conf: "just words" },
  ];
  for (const told of wrong) {
    const { code, output } = exit(told);
    assert.equal(code, 2, output);
    assert.notEqual(output, "");
  }
});

Deno.test("--help names every option, and --version the version", () => {
  const help = exit({ args: ["--help"] });
  assert.equal(help.code, 0);
  for (const flag of ["host", "port", "config", "help", "version"]) {
    assert.match(help.output, new RegExp(`--${flag}\\b`));
  }
  assert.deepEqual(exit({ args: ["--version"] }), { code: 0, output: "1.2.3\n" });
  assert.equal(exit({ args: ["--help"], conf: "PORT=wrong" }).code, 0, "help helps with a wrong file, too");
});

Deno.test("account import: words that are right, and others", () => {
  const sqlite = read({ args: ["account", "import", "--from", "old.sql", "--json"] });
  assert.ok("config" in sqlite && sqlite.task);
  assert.equal(sqlite.config.database, "sqlite:/data/chat.sqlite");
  const asked = read({ args: ["account", "import"], conf: "DATABASE=mysql://u:p@h/chatroom" });
  assert.ok("config" in asked && asked.task);
  for (const args of [["account", "import", "x"], ["account", "import", "--form", "x"], ["account", "export"]]) {
    assert.equal(exit({ args }).code, 2, args.join(" "));
  }
  assert.equal(exit({ args: ["account", "import", "--help"] }).code, 0);
});

Deno.test("account import without a place to take the original's accounts from is wrong usage", async () => {
  const asked = read({ args: ["account", "import"] });
  assert.ok("config" in asked && asked.task);
  const said: string[] = [];
  const printer = { print: (line: string) => void said.push(line), complain: (line: string) => void said.push(line) };
  assert.equal(await asked.task(asked.config, printer), 2);
  assert.match(said.join("\n"), /--from/);
});
