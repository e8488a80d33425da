/**
 * The Debian package as people get it: installed by dpkg into a Debian of the test's own, its unit's command line started as
 * its user, upgraded and removed.
 *
 * `deno task package` builds it; `CHAT_DIST=dist` says where it is.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { freePort } from "../support/free_port.ts";
import { startInstalled } from "../support/installed_server.ts";
import { type OverlayRoot, overlayRoot } from "../support/overlay_root.ts";
import { program } from "../support/packages.ts";
import { parseUnit } from "../support/unit_file.ts";

const dist = Deno.env.get("CHAT_DIST");
const deb = `chat-room_${config.version}_amd64.deb`;
const unitFile = new URL("../../tests/tools/package/debian/chat-room.service", import.meta.url).pathname;
const CONF = "etc/chat-room/server.conf";

Deno.test("the unit gives the server nothing but its own folder", async () => {
  const unit = parseUnit(await Deno.readTextFile(unitFile));
  const wanted = {
    User: "chat-room",
    StateDirectory: "chat-room",
    StateDirectoryMode: "0700",
    ProtectSystem: "strict",
    ProtectHome: "yes",
    PrivateTmp: "yes",
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
    Restart: "on-failure",
    ExecReload: "/bin/kill -HUP $MAINPID",
  };
  for (const [key, value] of Object.entries(wanted)) assert.deepEqual(unit.get(key), [value], key);
  assert.ok(Number(unit.get("LimitNOFILE")?.[0]) >= 20_000);
});

const analyze = await program("systemd-analyze");
Deno.test({
  name: `systemd finds nothing wrong with the unit${analyze ? "" : " (needs systemd-analyze)"}`,
  ignore: analyze === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      // What the unit runs is not installed here, and its manual is not either.
      const text = (await Deno.readTextFile(unitFile)).replace(/^ExecStart=\S+/m, "ExecStart=/bin/true")
        .replace(/^Documentation=.*\n/m, "");
      const file = join(folder, "chat-room.service");
      await Deno.writeTextFile(file, text);
      const { code, stderr } = await new Deno.Command(analyze ?? "", { args: ["verify", "--man=no", file] }).output();
      assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "SHA256SUMS are those of the files (needs CHAT_DIST)",
  ignore: dist === undefined,
  fn: async () => {
    const lines = (await Deno.readTextFile(join(dist ?? "", "SHA256SUMS"))).trim().split("\n");
    assert.equal(lines.length, 4);
    for (const line of lines) {
      const [sum, name = ""] = line.split("  ");
      assert.equal(createHash("sha256").update(await Deno.readFile(join(dist ?? "", name))).digest("hex"), sum, name);
    }
  },
});

const root = dist === undefined ? "needs CHAT_DIST" : await overlayRoot();
Deno.test({
  name: `the package is installed, serves, is upgraded and removed${typeof root === "string" ? ` (${root})` : ""}`,
  ignore: typeof root === "string",
  fn: async (t) => {
    if (typeof root === "string") return;
    await using debian = root;
    await lifeOf(debian, t);
  },
});

async function lifeOf(debian: OverlayRoot, t: Deno.TestContext): Promise<void> {
  const done = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await debian.run(...args);
    assert.equal(code, 0, `${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  const stat = (path: string) => Deno.stat(join(debian.folder, path));
  // To a layer in memory nothing has to be flushed.
  const install = () => done("dpkg", "--force-unsafe-io", "--install", `/root/${deb}`);
  const chat = async (...args: readonly string[]): Promise<Record<string, unknown>[]> =>
    (await done("env", "CHAT_PASSWORD=package-password", "chat", ...args, "--json"))
      .trim().split("\n").map((line) => JSON.parse(line));
  await Deno.copyFile(join(dist ?? "", deb), join(debian.folder, "root", deb));

  await t.step(
    "installed: a user, a folder and a configuration that nobody else reads, and the unit enabled",
    async () => {
      await install();
      const { uid, mode } = await stat("var/lib/chat-room");
      assert.equal(String(uid), (await done("id", "-u", "chat-room")).trim());
      assert.equal((mode ?? 0) & 0o777, 0o700);
      assert.equal(((await stat(CONF)).mode ?? 0) & 0o777, 0o640);
      const link = join(debian.folder, "etc/systemd/system/multi-user.target.wants/chat-room.service");
      assert.match(await Deno.readLink(link), /\/lib\/systemd\/system\/chat-room\.service$/);
      for (const page of ["man1/chat.1.gz", "man8/chat-server.8.gz"]) await done("zcat", `/usr/share/man/${page}`);
    },
  );

  await t.step("its configuration names every option, and each would be accepted as it stands", async () => {
    const text = await Deno.readTextFile(join(debian.folder, CONF));
    await Deno.writeTextFile(join(debian.folder, "root/all.conf"), text.replace(/^#(?=[A-Z_]+=)/gm, ""));
    const { code, stderr } = await debian.run("chat-server", "--config", "/root/all.conf", "account", "import");
    assert.deepEqual([code, stderr.includes("--from")], [2, true], stderr);
  });

  const setPort = async () => {
    // A free port of this machine's, which the network is shared with.
    const text = await Deno.readTextFile(join(debian.folder, CONF));
    await Deno.writeTextFile(join(debian.folder, CONF), text + `HOST=127.0.0.1\nPORT=${freePort()}\n`);
  };
  await t.step("its unit's command serves as its user", async () => {
    await setPort();
    await using server = await startInstalled(debian);
    const [, address = ""] = /^listening on (.*)$/.exec(server.said) ?? [];
    await chat("register", "--name", "Alice", "--account", "1001", "--server", address);
    await chat("send", "hello", "--account", "1001", "--server", address);
    const { uid } = await Deno.stat(`/proc/${server.pid}`);
    assert.equal(uid, (await stat("var/lib/chat-room")).uid);
    assert.equal(await server.stop(), 0);
    assert.ok((await stat("var/lib/chat-room/chat.sqlite")).isFile);
  });

  await t.step("upgraded: what was said and what was configured stays", async () => {
    await install();
    await using server = await startInstalled(debian);
    const [, address = ""] = /^listening on (.*)$/.exec(server.said) ?? [];
    const events = await chat("tail", "--since", "0", "--account", "1001", "--server", address);
    assert.deepEqual(events.map(({ seq, text }) => [seq, text]), [[1, "hello"]]);
  });

  await t.step("removed and purged: the programs go, what was said stays", async () => {
    await done("dpkg", "--remove", "chat-room");
    assert.ok((await stat(CONF)).isFile);
    assert.match(await done("dpkg", "--purge", "chat-room"), /left in \/var\/lib\/chat-room/);
    await assert.rejects(stat(CONF), Deno.errors.NotFound);
    await assert.rejects(stat("usr/bin/chat-server"), Deno.errors.NotFound);
    assert.ok((await stat("var/lib/chat-room/chat.sqlite")).isFile);
  });
}
