/** How people come in: by the prompts, by what this machine remembers, or not at all. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { certificateOf, fingerprintOf } from "../support/certificates.ts";
import { chat, CLIENT, liveTest, PASSWORD, READY, register } from "../support/live.ts";

liveTest("somebody new registers by the prompts; a wrong password is asked for again", async (stage) => {
  const { server, folder: cwd, stack } = stage;
  const first = stack.use(chat(server, { cwd }));
  await first.shows("Register a new account");
  await first.types("\x1b[B\r");
  await first.shows("Your name");
  await first.submits("新人");
  await first.shows("Account number");
  await first.submits("4321");
  await first.shows("◆  Password");
  await first.submits(PASSWORD);
  await first.shows("Password again");
  await first.submits(PASSWORD);
  await first.shows("Stay logged in");
  await first.types("n");
  await first.shows(/── online · 新人\(4321\)/);
  await first.submits("/quit");
  assert.equal(await first.ends(), 0);

  const second = stack.use(chat(server, { cwd, args: ["--account", "4321"] }));
  await second.shows("◆  Password");
  await second.submits("not-the-password");
  await second.shows("The account number or the password is wrong.");
  await second.until(() => second.screen.split("\n").at(-3)?.includes("◆  Password") === true, "the question again");
  await second.submits(PASSWORD);
  await second.shows("Stay logged in");
  await second.types("y");
  await second.shows(/── online · 新人\(4321\)/);
  await second.types("\x04");
  assert.equal(await second.ends(), 0);

  const third = stack.use(chat(server, { cwd }));
  await third.shows(/── online · 新人\(4321\)/);
  await third.submits("/logout");
  await third.shows("this machine has forgotten you");
  assert.equal(await third.ends(), 0);
  const fourth = stack.use(chat(server, { cwd }));
  await fourth.shows("Register a new account");
  await fourth.types("\x03");
  assert.equal(await fourth.ends(), 2);
});

liveTest("what was refused is said with the reason, and the field is empty when it is asked again", async (stage) => {
  const { server, folder: cwd, stack } = stage;
  const options = { cwd, rows: 60 };
  const pty = stack.use(chat(server, options));
  /** Waits until a question is open with that in its field. */
  const asks = (one: typeof pty, question: string, field = "_") =>
    one.until(() => one.screen.trimEnd().endsWith(`◆  ${question}\n│  ${field}\n└`), `${question} ${field}`);
  await pty.shows("Register a new account");
  await pty.types("\x1b[B\r");
  const name = "Your name, as others see it";
  await asks(pty, name);
  await pty.submits("a name of more than twenty characters");
  await pty.shows("■  a name has 1 to 20 characters");
  await asks(pty, name);
  await pty.submits("新人");
  const number = ["Account number, 3 to 6 digits", "empty: the next free one"] as const;
  await asks(pty, ...number);
  for (
    const [wrong, reason] of [["99", "3 to 6 digits"], ["abc", "3 to 6 digits"], ["99999", "1 and 65535"]] as const
  ) {
    await pty.submits(wrong);
    await pty.shows(new RegExp(`│  ${wrong}\n│\n■  an account number .*${reason}\n`));
    await asks(pty, ...number);
  }
  await pty.submits("4321");
  await asks(pty, "Password");
  await pty.submits("short");
  await pty.shows("■  a password has 6 to 128 characters");
  await asks(pty, "Password");
  await pty.submits(PASSWORD);
  await asks(pty, "Password again");
  await pty.submits(PASSWORD.toUpperCase());
  await pty.shows("■  that is not the same");
  await asks(pty, "Password again");
  await pty.submits(PASSWORD);
  await pty.shows("Stay logged in");
  await pty.types("n");
  await pty.shows(/── online · 新人\(4321\)/);
  await pty.submits("/quit");
  assert.equal(await pty.ends(), 0);

  const zh = stack.use(chat(server, { ...options, env: { LANG: "zh_CN.UTF-8" } }));
  await zh.shows("● 登录");
  await zh.types("\r");
  await asks(zh, "账号");
  await zh.submits("43");
  await zh.shows("■  账号有 3 到 6 位数字");
  await asks(zh, "账号");
  await zh.submits("4321");
  await asks(zh, "密码");
  await zh.submits("not-the-password");
  await zh.shows("■  账号或密码");
  await zh.types("\r");
  await asks(zh, "账号");
  await zh.submits("4321");
  await asks(zh, "密码");
  await zh.submits(PASSWORD);
  await zh.shows("保持登录");
  await zh.types("n");
  await zh.shows(/── 已连接 · 新人\(4321\)/);
  await zh.types("\x04");
  assert.equal(await zh.ends(), 0);
});

liveTest(
  "a certificate that is new is told once: above the questions, else in the room, else at the end",
  async (stage) => {
    const { server, dataDir, folder, stack } = stage;
    const account = await register(server, "Eve");
    const fingerprint = await fingerprintOf(await certificateOf(dataDir));
    const [half, rest] = [fingerprint.slice(0, 48), fingerprint.slice(48)];
    const visit = async (name: string, { columns, ...options }: { columns?: number; env?: Record<string, string> }) => {
      const cwd = join(folder, name);
      await Deno.mkdir(cwd);
      return stack.use(chat(server, { cwd, args: ["--account", `${account}`], columns: columns ?? 80, ...options }));
    };
    const told = (output: string) => output.match(/First connection|第一次连接/g)?.length;

    const asked = await visit("asked", {});
    await asked.shows("◆  Password");
    assert.ok(asked.screen.includes(`Its certificate is\n  ${half}\n  ${rest}\nIt is trusted`), asked.screen);
    await asked.submits(PASSWORD);
    await asked.shows("Stay logged in");
    await asked.types("n");
    await asked.shows(READY);
    await asked.submits("/quit");
    assert.equal(await asked.ends(), 0);
    assert.equal(told(asked.output), 1);

    const wide = await visit("wide", { columns: 120, env: { LANG: "zh_CN.UTF-8" } });
    await wide.shows("◆  密码");
    assert.ok(wide.screen.includes(`它的证书是\n  ${fingerprint}\n从现在起`), wide.screen);
    await wide.types("\x03");
    assert.equal(await wide.ends(), 2);

    const known = await visit("known", { env: { CHAT_PASSWORD: PASSWORD } });
    await known.shows(READY);
    await known.shows("It is trusted from now on.");
    assert.ok(known.screen.includes(`Its certificate is\n  ${half}\n  ${rest}\nIt is trusted`), known.screen);
    await known.submits("/quit");
    assert.equal(await known.ends(), 0);
    assert.doesNotMatch(known.output, /chat: First/);

    const refused = await visit("refused", { env: { CHAT_PASSWORD: "not-the-password" } });
    assert.equal(await refused.ends(), 3);
    assert.ok(
      refused.everything.includes(`Its certificate is\n  ${half}\n  ${rest}\nIt is trusted`),
      refused.everything,
    );
    assert.equal(told(refused.output), 1);
  },
);

liveTest("without a server nothing is asked, without a terminal nothing is opened", async (stage) => {
  const { server, folder: cwd, stack } = stage;
  const args = ["run", "-A", "--quiet", CLIENT, `127.0.0.1:${server.address.port}`];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd, stdin: "null" }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /^chat: A live room at [\d.:]+ needs a terminal/);
  await server.stop("SIGTERM");
  const pty = stack.use(chat(server, { cwd }));
  assert.equal(await pty.ends(), 4);
  assert.match(pty.everything, /Cannot connect to 127\.0\.0\.1/);
});
