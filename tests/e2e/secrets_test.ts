/** What somebody finds who gets hold of the bytes: on the wire, on the server's disk, on the client's, in the log. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Link } from "../../lib/client/link.ts";
import { chat } from "../support/client.ts";
import { Recorder } from "../support/recorder.ts";
import { serve, spawnServer, temporaryFolder } from "../support/server.ts";
import { encrypted, PLAINTEXT } from "../support/encryption.ts";

const SECRET = "kWmPn-a-password";
const TEXT = "vQzXr said in confidence";

/** Everything that a folder holds, with its mode; the bytes in a form in which ASCII can be looked for. */
async function* filesIn(
  folder: string,
): AsyncGenerator<{ path: string; mode: number; isFolder: boolean; text: string }> {
  const { mode } = await Deno.stat(folder);
  yield { path: folder, mode: (mode ?? 0) & 0o777, isFolder: true, text: "" };
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesIn(path);
    else {
      const { mode } = await Deno.stat(path);
      const text = isFile ? new TextDecoder("latin1").decode(await Deno.readFile(path)) : "";
      yield { path, mode: (mode ?? 0) & 0o777, isFolder: false, text };
    }
  }
}

Deno.test("what passes through TLS shows no password, token or text; without it everything", async () => {
  await using server = await serve();
  for (const encryption of [encrypted(), PLAINTEXT]) {
    await using recorder = await Recorder.start(server.address);
    const address = { host: "127.0.0.1", port: recorder.address.port };
    const entrance = { op: "register", name: "Dora", password: SECRET } as const;
    const link = await Link.open({ address, entrance, encryption, remember: true, client: "test" });
    await link.join("lobby", { last: 5 });
    await link.ask({ op: "post", room: "lobby", id: crypto.randomUUID(), text: TEXT }, "stored");
    const token = link.token ?? assert.fail("no token was given");
    await link.close();
    const wanted = encryption.mode === "plaintext";
    for (const secret of [SECRET, TEXT, token]) assert.equal(recorder.heard.includes(secret), wanted, secret);
    assert.ok(recorder.heard.length > 1000);
  }
});

Deno.test("what is on the disks is its owner's alone, and holds no password; the server's no token, the log neither nor text", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = temporaryFolder(stack);
  const dataDir = join(folder, "data"), state = join(folder, "state");
  await Deno.mkdir(dataDir, { mode: 0o700 });
  await using server = await spawnServer(dataDir);
  const env = { XDG_STATE_HOME: state, CHAT_PASSWORD: SECRET };
  const made = await chat(["register", "--name", "Dora", "--account", "2001"], { server, env });
  assert.equal(made.code, 0, made.stderr);
  const said = await chat(["send", "--account", "2001", TEXT], { server, env });
  assert.equal(said.code, 0, said.stderr);
  const file = join(folder, "a.txt");
  await Deno.writeTextFile(file, "a file");
  assert.equal((await chat(["upload", "--account", "2001", file], { server, env })).code, 0);
  const address = { host: "127.0.0.1", port: server.address.port };
  const link = await Link.open({
    address,
    entrance: { op: "login", account: 2001, password: SECRET },
    encryption: encrypted(),
    remember: true,
    client: "test",
  });
  const token = link.token ?? assert.fail("no token was given");
  await link.close({ keepToken: true });
  const seen: string[] = [];
  for (const root of [dataDir, join(state, "chat")]) {
    for await (const { path, mode, isFolder, text } of filesIn(root)) {
      seen.push(path.slice(folder.length));
      assert.equal(mode.toString(8), isFolder ? "700" : "600", path);
      assert.ok(!text.includes(SECRET), `the password is in ${path}`);
      assert.ok(!text.includes(token), `the token is in ${path}`);
    }
  }
  for (
    const part of ["/data/chat.sqlite", "/data/chat.sqlite-wal", "/data/tls/key.pem", "/data/file/", "known_servers"]
  ) {
    assert.ok(seen.some((path) => path.includes(part)), `${part} among ${seen.join()}`);
  }
  for (const secret of [SECRET, token, TEXT]) assert.ok(!server.stderr().includes(secret), "the log tells too much");
});
