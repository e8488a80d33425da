/** Encryption as people have it: the first meeting, a stranger in the server's place, new certificates, and plaintext. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseRanges } from "../../lib/net/address_ranges.ts";
import { commandCodec } from "../../lib/protocol/command.ts";
import { makeSelfSigned } from "../../lib/server/tls/self_signed.ts";
import { certificateOf, fingerprintOf, makeAuthority, placeCertificate } from "../support/certificates.ts";
import { chat } from "../support/client.ts";
import { Impostor } from "../support/impostor.ts";
import { PASSWORD } from "../support/live.ts";
import { Pty } from "../support/pty.ts";
import { DORA, QtClient, seedQt } from "../support/qt_client.ts";
import { ALICE, BOB, enter, post, serve, temporaryFolder, type TestServer } from "../support/server.ts";
import { Peer } from "../support/peer.ts";
import { fetchBytes, sendBytes } from "../support/transfers.ts";
import { until } from "../support/within.ts";

const FIRST = /First connection to 127\.0\.0\.1:\d+\. Its certificate is\n {2}([0-9A-F:]{95})\n/;

/** Runs the client with a memory of its own. */
function visitor(stack: AsyncDisposableStack) {
  const state = temporaryFolder(stack);
  const run = (server: TestServer, args: readonly string[], env: Record<string, string> = {}) =>
    chat(args, { server, env: { XDG_STATE_HOME: state, ...env } });
  return { run, known: join(state, "chat", "known_servers"), state };
}

const register = ["register", "--name", "Dora", "--json"] as const;

Deno.test("a server's own certificate is shown once, pinned, and kept to oneself", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await serve();
  const { run, known } = visitor(stack);
  const first = await run(server, register);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(FIRST.exec(first.stderr)?.[1], await fingerprintOf(await certificateOf(server.dataDir)));
  const second = await run(server, register);
  assert.deepEqual([second.code, second.stderr], [0, ""]);
  assert.equal(((await Deno.stat(known)).mode ?? 0) & 0o777, 0o600);
  assert.equal((await Deno.readTextFile(known)).split("\n").length, 2);
});

Deno.test(
  "a server in a narrow terminal shows its certificate in the lines in which clients do",
  { ignore: !await Pty.isAvailable() },
  async () => {
    await using stack = new AsyncDisposableStack();
    const cwd = temporaryFolder(stack);
    const program = new URL("../../server.ts", import.meta.url).pathname;
    const command = [Deno.execPath(), "run", "-A", "--quiet", program, "--host", "127.0.0.1", "--port", "0"];
    await using pty = new Pty([...command, "--data-dir", cwd, "--log-level", "warn"], { cwd });
    await pty.shows(/^certificate (..:){16}\n {12}(..:){15}..$/m);
    const [, shown = ""] = /^certificate (.*\n.*)$/m.exec(pty.everything) ?? [];
    assert.equal(shown.replace(/\s+/, ""), await fingerprintOf(await certificateOf(cwd)));
    pty.kill("SIGTERM");
    assert.equal(await pty.ends(), 0);
  },
);

Deno.test("another certificate is refused in scripts until it is accepted, and the exit code says so", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await serve({ intervals: { certificate: 20 } });
  const { run } = visitor(stack);
  assert.equal((await run(server, register)).code, 0);
  const before = await fingerprintOf(await certificateOf(server.dataDir));
  const other = await makeSelfSigned();
  const now = await fingerprintOf(other.cert);
  await replace(server, other);
  const refused = await run(server, register);
  assert.deepEqual([refused.code, refused.stdout], [5, ""]);
  for (const part of ["IS NOT THE ONE FROM BEFORE", before, now, "chat trust 127.0.0.1:"]) {
    assert.ok(refused.stderr.includes(part), `${part} in ${refused.stderr}`);
  }
  const where = `127.0.0.1:${server.address.port}`;
  assert.equal((await run(server, ["trust", where, before])).code, 5);
  assert.equal((await run(server, register)).code, 5);
  // As it stands in a narrow terminal.
  const trusted = await run(server, ["trust", where, `${now.slice(0, 48)}\n  ${now.slice(48)}`, "--json"]);
  assert.deepEqual(trusted.json(), [{ server: where, type: "pinned", fingerprint: now }]);
  const again = await run(server, register);
  assert.deepEqual([again.code, again.stderr], [0, ""]);
});

for (const offers of ["its own certificate", "the server's certificate", "no TLS at all"] as const) {
  Deno.test(`somebody in between with ${offers} hears nothing`, async () => {
    await using stack = new AsyncDisposableStack();
    await using server = await serve();
    const { run, known } = visitor(stack);
    assert.equal((await run(server, register)).code, 0);
    await using impostor = await Impostor.start({ target: server.address, offers });
    // The client has known the server at this address.
    const there = (await Deno.readTextFile(known)).replace(`:${server.address.port}`, `:${impostor.address.port}`);
    await Deno.writeTextFile(known, there);
    const refused = await run({ ...server, address: impostor.address }, register, { CHAT_PASSWORD: "a-secret-word" });
    assert.equal(refused.code, 5, refused.stderr);
    assert.ok(impostor.asked > 0);
    assert.equal(impostor.heard.includes("a-secret-word"), false);
    assert.equal(await Deno.readTextFile(known), there);
  });
}

Deno.test(
  "in the room, too: the terminal is given back, and says what to do",
  { ignore: !await Pty.isAvailable() },
  async () => {
    await using stack = new AsyncDisposableStack();
    await using server = await serve();
    const { run, state, known } = visitor(stack);
    const made = await run(server, ["register", "--name", "Dora", "--account", "2001"], { CHAT_PASSWORD: PASSWORD });
    assert.equal(made.code, 0, made.stderr);
    await using impostor = await Impostor.start({ target: server.address, offers: "its own certificate" });
    await Deno.writeTextFile(
      known,
      (await Deno.readTextFile(known)).replace(`:${server.address.port}`, `:${impostor.address.port}`),
    );
    const client = new URL("../../client.ts", import.meta.url).pathname;
    const command = [Deno.execPath(), "run", "-A", "--quiet", client, `127.0.0.1:${impostor.address.port}`];
    const env = { XDG_STATE_HOME: state, XDG_CONFIG_HOME: state, CHAT_PASSWORD: PASSWORD, CHAT_ACCOUNT: "2001" };
    await using pty = new Pty(command, { cwd: state, env });
    assert.equal(await pty.ends(), 5);
    await pty.shows("IS NOT THE ONE FROM BEFORE");
    await pty.shows(
      new RegExp(String.raw`^  before: (..:){16}\n {10}(..:){15}..\n  now:    (..:){16}\n {10}(..:){15}..$`, "m"),
    );
    await pty.shows(`chat trust 127.0.0.1:${impostor.address.port}`);
  },
);

Deno.test("a certificate that an authority vouches for needs no pin, and less is not taken later", async () => {
  await using stack = new AsyncDisposableStack();
  const authority = await makeAuthority();
  await using server = await serve({ intervals: { certificate: 20 } });
  await replace(server, await authority.issue("127.0.0.1"));
  const { run, known, state } = visitor(stack);
  const ca = join(state, "ca.pem");
  await Deno.writeTextFile(ca, authority.cert);
  const made = await run(server, [...register, "--ca", ca]);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.match(await Deno.readTextFile(known), /^127\.0\.0\.1:\d+ authorities\n$/);
  await replace(server, await authority.issue("127.0.0.1"));
  assert.equal((await run(server, [...register, "--ca", ca])).code, 0);
  for (const lesser of [await authority.issue("another.example"), await makeSelfSigned()]) {
    await replace(server, lesser);
    const refused = await run(server, [...register, "--ca", ca]);
    assert.equal(refused.code, 5, refused.stderr);
    assert.match(refused.stderr, /before: one that ordinary authorities vouch for/);
  }
});

Deno.test("a new certificate serves whoever comes then; who is there stays, and a bad pair changes nothing", async () => {
  await using server = await serve({ intervals: { certificate: 20 } });
  const before = await certificateOf(server.dataDir);
  await using alice = await enter(server, ALICE, { certificate: before });
  await Deno.writeTextFile(join(server.dataDir, "tls", "cert.pem"), (await makeSelfSigned()).cert);
  await until(() => server.log.some(({ event }) => event === "certificate-rejected"), "the bad pair to be logged");
  await using bob = await enter(server, BOB, { certificate: before });
  const next = await makeSelfSigned();
  await replace(server, next);
  await using late = await Peer.connect(server.address, { certificate: before });
  await late.closed();
  await using again = await enter(server, BOB, { certificate: next.cert });
  await post(alice, "still here");
  for (const peer of [alice, bob, again]) await peer.expect("event");
});

Deno.test("50 MB go both ways as they are", async () => {
  await using server = await serve();
  const certificate = await certificateOf(server.dataDir);
  await using alice = await enter(server, ALICE, { certificate });
  await using bob = await enter(server, BOB, { certificate });
  const content = new Uint8Array(50_000_000);
  for (let at = 0; at < content.length; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  const { id } = await sendBytes(alice, content);
  const fetched = await fetchBytes(bob, id);
  assert.equal(fetched.length, content.length);
  assert.ok(fetched.every((byte, at) => byte === content[at]));
});

Deno.test("half a handshake is closed in time, and has a visitor's place until then", async () => {
  await using server = await serve({ patience: { handshake: 1000 }, trust: parseRanges("none"), maxPerAddress: 1 });
  const { hostname, port } = server.address;
  using half = await Deno.connect({ hostname, port });
  await half.write(Uint8Array.of(0x16, 3, 1, 2, 0));
  await until(async () => {
    using other = await Deno.connect({ hostname, port });
    await other.write(commandCodec.encode({ op: "hello", version: 1 }));
    const answer = new Uint8Array(500);
    const length = await other.read(answer);
    return new TextDecoder().decode(answer.subarray(0, length ?? 0)).includes("too-many-connections");
  }, "the place to be taken");
  const ended = async () => await half.read(new Uint8Array(100)) ?? 0;
  while (await ended().catch(() => 0) > 0);
  const isSaid = () => server.log.some(({ fields }) => fields.reason === "it took too long");
  await until(isSaid, "it to be logged");
});

Deno.test("--plaintext never: both dialects are told no, and the certificate is told", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder(stack);
  await seedQt(join(dataDir, "chat.sqlite"));
  await using server = await serve({ dataDir, plaintext: "never" });
  await using peer = await Peer.connect(server.address);
  await peer.say({ op: "hello", version: 1 });
  assert.equal((await peer.expect("error")).code, "tls-required");
  await peer.closed();
  await using qt = await QtClient.open(server, DORA);
  assert.equal((await qt.login()).status, 1);
  assert.equal(await qt.register(), 1);
  await using asker = await Peer.connect(server.address);
  await asker.say({ op: "certificate" });
  assert.equal((await asker.expect("certificate")).pem, await certificateOf(dataDir));
  await using alice = await enter(server, ALICE, { certificate: await certificateOf(dataDir) });
  await post(alice, "encrypted");
  const { run } = visitor(stack);
  assert.equal((await run(server, [...register, "--plaintext"])).code, 3);
  assert.equal((await run(server, register)).code, 0);
  assert.ok(server.log.filter(({ event }) => event === "plaintext-refused").length >= 4);
});

for (
  const [plaintext, address, code] of [
    ["private", "192.168.7.8", "welcome"],
    ["private", "198.51.100.7", "tls-required"],
    ["any", "198.51.100.7", "welcome"],
  ] as const
) {
  Deno.test(`--plaintext ${plaintext} answers ${address} with ${code}`, async () => {
    await using server = await serve({ plaintext, trustProxy: parseRanges("loopback") });
    await using peer = await Peer.connect(server.address);
    await peer.write(new TextEncoder().encode(`PROXY TCP4 ${address} 198.51.100.1 4000 8888\r\n`));
    await peer.say({ op: "hello", version: 1 });
    const heard = await (code === "welcome" ? peer.expect("welcome") : peer.expect("error"));
    assert.equal(heard.op === "error" ? heard.code : heard.op, code);
  });
}

Deno.test("without TLS a server says so; the client takes that on this machine alone, and from no server that it knows", async () => {
  await using stack = new AsyncDisposableStack();
  await using server = await serve({ tls: "off" });
  const { run, known } = visitor(stack);
  const made = await run(server, register);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  await Deno.mkdir(join(known, ".."), { recursive: true });
  await Deno.writeTextFile(known, `127.0.0.1:${server.address.port} authorities\n`);
  assert.equal((await run(server, register)).code, 5);
  assert.equal((await run(server, [...register, "--plaintext"])).code, 0);
});

/** Puts another certificate in place, and waits until it is used. */
async function replace(server: TestServer, credentials: { readonly cert: string; readonly key: string }) {
  const fingerprint = await fingerprintOf(credentials.cert);
  await placeCertificate(server.dataDir, credentials);
  await until(() => server.log.some(({ fields }) => fields.fingerprint === fingerprint), "the new certificate");
}
