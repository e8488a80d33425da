/**
 * The README alone, from nothing to a restored backup: its code blocks, run in a Debian of the test's own.
 *
 * Two things are not as they stand there: the test is root already (no `sudo`), and without systemd it starts the unit's
 * command itself. Needs the package, which `deno task package` builds; `CHAT_DIST=dist` says where it is.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { freePort } from "../support/free_port.ts";
import { startInstalled } from "../support/installed_server.ts";
import { type Outcome, overlayRoot } from "../support/overlay_root.ts";
import { readmeBlock } from "../support/readme_blocks.ts";

const dist = Deno.env.get("CHAT_DIST");
const deb = `chat-room_${config.version}_amd64.deb`;

const root = dist === undefined ? "needs CHAT_DIST" : await overlayRoot();
Deno.test({
  name: `readme: install, start, talk, back up, restore elsewhere${typeof root === "string" ? ` (${root})` : ""}`,
  ignore: typeof root === "string",
  fn: async () => {
    if (typeof root === "string") return;
    await using debian = root;
    const run = async (script: string): Promise<Outcome> => {
      const outcome = await debian.run("bash", "-euc", `cd /root\n${script}`);
      assert.equal(outcome.code, 0, `${script}${outcome.stdout}${outcome.stderr}`);
      return outcome;
    };
    const start = async (changes: string) => {
      const file = join(debian.folder, "etc/chat-room/server.conf");
      await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}HOST=127.0.0.1\n${changes}`);
      return await startInstalled(debian);
    };
    const talk = (port: number) => readmeBlock("scripts", { "example.org": `127.0.0.1:${port}` });
    const installed = { "./chat-server": "chat-server" };

    await Deno.copyFile(join(dist ?? "", deb), join(debian.folder, "root", deb));
    await run(readmeBlock("install", { "sudo ": "" }));
    // A client that has never met a server: this machine's own may have.
    const state = join(debian.folder, "root/.local/state/chat");
    await Deno.remove(state, { recursive: true }).catch(() => {});
    const port = freePort();
    const script = talk(port);
    let said: string, fingerprint: string;
    {
      await using server = await start(`PORT=${port}\n`);
      fingerprint = server.fingerprint;
      const { stdout, stderr } = await run(script);
      said = stdout.split("\n").filter((line) => line.startsWith("{")).join("\n");
      assert.equal(JSON.parse(said).text, "hello from a script");
      assert.ok(stderr.includes(`First connection to 127.0.0.1:${port}. Its certificate is\n  ${fingerprint}`), stderr);
      await run(readmeBlock("backup", installed));
    }
    const pins = await Deno.readTextFile(join(state, "known_servers"));
    assert.ok(pins.startsWith(`127.0.0.1:${port} pinned ${fingerprint} `), pins);

    await run(readmeBlock("restore", { ...installed, elsewhere: "/var/lib/chat-room/elsewhere" }));
    await run("chown -R chat-room: /var/lib/chat-room/elsewhere");
    // By the same name, and nothing but TLS is spoken there: the client knows the server again, and accepts no other.
    await using server = await start(`PORT=${port}\nDATA_DIR=/var/lib/chat-room/elsewhere\nPLAINTEXT=never\n`);
    assert.equal(server.fingerprint, fingerprint);
    const [password = "", , , tail = ""] = script.split("\n");
    const { stdout, stderr } = await run(`${password}\n${tail}`);
    assert.deepEqual([stdout.trim(), stderr], [said, ""]);
    assert.equal(await Deno.readTextFile(join(state, "known_servers")), pins);
  },
});
