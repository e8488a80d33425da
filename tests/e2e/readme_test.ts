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
import { overlayRoot } from "../support/overlay_root.ts";
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
    const run = async (script: string): Promise<string> => {
      const { code, stdout, stderr } = await debian.run("bash", "-euc", `cd /root\n${script}`);
      assert.equal(code, 0, `${script}${stdout}${stderr}`);
      return stdout;
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
    const port = freePort();
    let said: string;
    {
      await using _ = await start(`PORT=${port}\n`);
      said = (await run(talk(port))).split("\n").filter((line) => line.startsWith("{")).join("\n");
      assert.equal(JSON.parse(said).text, "hello from a script");
      await run(readmeBlock("backup", installed));
    }

    await run(readmeBlock("restore", { ...installed, elsewhere: "/var/lib/chat-room/elsewhere" }));
    await run("chown -R chat-room: /var/lib/chat-room/elsewhere");
    const other = freePort();
    await using _ = await start(`PORT=${other}\nDATA_DIR=/var/lib/chat-room/elsewhere\n`);
    const [password = "", , , tail = ""] = talk(other).split("\n");
    assert.equal((await run(`${password}\n${tail}`)).trim(), said);
  },
});
