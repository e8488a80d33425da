/** The live room line by line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { eachLine } from "../support/lines.ts";
import { CLIENT, liveTest, PASSWORD, register } from "../support/live.ts";
import { BOB, enter, post } from "../support/server.ts";

liveTest(
  "line by line, for whoever cannot use a screen: no control sequence, and everything by lines",
  async (stage) => {
    const { server, folder: cwd, stack } = stage;
    const account = await register(server, "Eve");
    const bob = stack.use(await enter(server, BOB));
    await post(bob, "before \x1b[2J");
    const args = [
      "run",
      "-A",
      "--quiet",
      CLIENT,
      `127.0.0.1:${server.address.port}`,
      "--plain",
      "--account",
      `${account}`,
    ];
    const env = { CHAT_PASSWORD: PASSWORD, XDG_STATE_HOME: join(cwd, "state") };
    const options = { args, cwd, env, stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(Deno.execPath(), { ...options, args: [...args] }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("hello\n/search BEFORE\n/quiet off\n/who\n"));
    // What was asked last is answered all the same.
    await writer.close();
    const [, event] = await bob.take("event", 2);
    assert.equal(event?.type === "post" && event.text, "hello");
    let text = "";
    const reading = eachLine(child.stdout, (line) => text += `${line}\n`);
    const [{ code }] = await Promise.all([child.status, reading, child.stderr.cancel()]);
    assert.equal(code, 0);
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
    for (
      const part of [
        `You are Eve(${account}).`,
        "鲍勃(1002) before ␛[2J",
        `✓Eve(${account}) hello`,
        "here now:",
        "Mentions ring.",
      ]
    ) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  },
);
