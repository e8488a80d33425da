import assert from "node:assert/strict";
import { Refused, UsageError } from "../../lib/client/failure.ts";
import { createProgram } from "../../lib/client/run.ts";
import { localize } from "../../lib/client/localize.ts";
import { sayIn } from "../../lib/client/sentences.ts";
import { serverAddress } from "../../lib/client/settings.ts";
import { textsOf } from "../../lib/client/texts.ts";
import { ERROR_CODES } from "../../lib/protocol/error_code.ts";

const environment = { get: () => undefined, readFile: () => undefined, folders: [] };
const zh = sayIn("zh");

Deno.test("the whole help is in Chinese", () => {
  const program = createProgram({ environment, version: "1", say: zh, exit: () => {} });
  localize(program, zh);
  for (const command of [program, ...program.commands]) {
    const help = command.helpInformation();
    // What stands in angle brackets, names and choices are not words.
    for (const line of help.split("\n").filter((line) => line.trim() !== "")) {
      const words = line.replace(/<[^>]*>|\[[^\]]*\]|\([^)]*\)/g, "").trim();
      const [, described] = /^\S.*?\s{2,}(\S.*)$/.exec(words) ?? [];
      if (described !== undefined) assert.match(described, /\p{sc=Han}/u, `${command.name()}: ${line}`);
    }
  }
});

Deno.test("sentences are found with what stands in them; what is unknown stays", () => {
  assert.equal(
    zh("Cannot connect to 127.0.0.1:1: Connection refused. Is the server running there?"),
    "连不上 127.0.0.1:1:连接被拒绝。那里有服务器在运行吗?",
  );
  assert.equal(zh("Cannot register: a name has 1 to 20 characters."), "不能注册:名字有 1 到 20 个字。");
  assert.equal(zh("Something else."), "Something else.");
  assert.equal(sayIn("en")("Welcome"), "Welcome");
  assert.throws(
    () => serverAddress("a:b", environment),
    (error) => error instanceof UsageError && zh(error.message) !== error.message,
  );
});

Deno.test("what a server most often refuses is said in Chinese", () => {
  for (const code of ["busy", "unavailable", "wrong-credentials", "account-taken", "text-too-long"] as const) {
    const refusal = new Refused({ code, message: ERROR_CODES[code] });
    assert.match(textsOf("zh").errors[refusal.code] ?? "", /\p{sc=Han}/u);
  }
});
