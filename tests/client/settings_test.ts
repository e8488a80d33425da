import assert from "node:assert/strict";
import { UsageError } from "../../lib/client/failure.ts";
import { accountNumber, type Environment, serverAddress } from "../../lib/client/settings.ts";

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

const environment = ({ env = {}, files = {} }: Given = {}): Environment => ({
  get: (name) => env[name],
  readFile: (path) => files[path],
  folders: ["/beside", "/here"],
});
const address = (named: string | undefined, given?: Given) => serverAddress(named, environment(given));

const env = { CHAT_HOST: "env.example", CHAT_PORT: "2000" };
const files = { "/beside/server.conf": "HOST=conf.example\nPORT=3000\n", "/here/server.conf": "HOST=here.example\n" };

Deno.test("the command line is stronger than the environment, that than server.conf, that than the default", () => {
  assert.deepEqual(address("named.example:1000", { env, files }), { host: "named.example", port: 1000 });
  assert.deepEqual(address(undefined, { env, files }), { host: "env.example", port: 2000 });
  assert.deepEqual(address(undefined, { files }), { host: "conf.example", port: 3000 });
  assert.deepEqual(address(undefined), { host: "127.0.0.1", port: 8888 });
});

Deno.test("each part is taken from the strongest place that has it", () => {
  assert.deepEqual(address("named.example", { env, files }), { host: "named.example", port: 2000 });
  assert.deepEqual(address(undefined, { env: { CHAT_PORT: "2000" }, files }), { host: "conf.example", port: 2000 });
});

Deno.test("the port that stands in CHAT_HOST counts, unless CHAT_PORT says otherwise", () => {
  const CHAT_HOST = "env.example:9000";
  assert.deepEqual(address(undefined, { env: { CHAT_HOST }, files }), { host: "env.example", port: 9000 });
  assert.deepEqual(address(undefined, { env: { CHAT_HOST, CHAT_PORT: "2000" } }), { host: "env.example", port: 2000 });
  assert.deepEqual(address("named.example", { env: { CHAT_HOST } }), { host: "named.example", port: 9000 });
  assert.deepEqual(address(undefined, { env: { CHAT_HOST: "0.0.0.0:9000" } }), { host: "127.0.0.1", port: 9000 });
});

Deno.test("the first server.conf counts, and the rest of it is the server's", () => {
  const mine = { "/here/server.conf": `# ours\nhost = "::1"\nDATABASE=sqlite:x\n` };
  assert.deepEqual(address(undefined, { files: mine }), { host: "::1", port: 8888 });
});

Deno.test("a server that listens on every address is reached on this machine", () => {
  for (const host of ["0.0.0.0", "::"]) {
    assert.equal(address(undefined, { env: { CHAT_HOST: host } }).host, "127.0.0.1");
  }
});

Deno.test("what makes no sense is refused with its place", () => {
  assert.throws(() => address(undefined, { env: { CHAT_PORT: "many" } }), UsageError);
  assert.throws(
    () => address(undefined, { files: { "/here/server.conf": "nonsense" } }),
    /\/here\/server\.conf.*line 1/s,
  );
});

Deno.test("the account is the flag's, else the environment's", () => {
  assert.equal(accountNumber("1001", environment({ env: { CHAT_ACCOUNT: "1002" } })), 1001);
  assert.equal(accountNumber(undefined, environment({ env: { CHAT_ACCOUNT: "1002" } })), 1002);
  assert.equal(accountNumber(undefined, environment()), undefined);
  assert.throws(() => accountNumber("Alice", environment()), UsageError);
});
