/** The live room while the server is away, or the machine is asleep. */
import assert from "node:assert/strict";
import { arrive, chat, liveTest, PASSWORD, register, type Stage } from "../support/live.ts";
import { Relay } from "../support/relay.ts";
import { BOB, enter, post, spawnServer } from "../support/server.ts";
import { until } from "../support/within.ts";

liveTest("what is written while the server is away is sent once when it is back", async (stage) => {
  const { server, dataDir, stack } = stage;
  const alice = await arrive(stage, { name: "Alice" });
  await alice.pty.submits("before");
  await alice.pty.shows(/Alice\(\d+\) before/);
  await server.stop("SIGKILL");
  await alice.pty.shows("── offline");
  await alice.pty.submits("断线时 first");
  await alice.pty.submits("second");
  await alice.pty.shows(/ {2}… {3}Alice\(\d+\) second/);
  const { port } = server.address;
  const again = stack.use(await spawnServer(dataDir, { port }));
  await alice.pty.shows(/Alice\(\d+\) 断线时 first\n.*Alice\(\d+\) second/);
  await alice.pty.until(() => !/^ {2}…/m.test(alice.pty.screen), "nothing on its way");
  await alice.pty.shows("Connected again.");
  const bob = stack.use(await enter(again, BOB, { after: 0 }));
  const said = (await bob.take("event", 3)).map((event) => event.type === "post" ? event.text : event.type);
  assert.deepEqual(said, ["before", "断线时 first", "second"]);
});

liveTest("leaving waits for what is not sent yet, or shows it; SIGTERM gives the terminal back", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明" });
  await stage.server.stop("SIGKILL");
  for (const { pty } of [alice, ming]) {
    await pty.shows("── offline");
    await pty.submits("too late");
    await pty.shows(/… {3}\S+ too late/);
  }
  await alice.pty.types("\x04");
  await alice.pty.shows("Leaving when 1 message is done");
  await alice.pty.types("\x04");
  assert.equal(await alice.pty.ends(), 0);
  ming.pty.kill("SIGTERM");
  assert.equal(await ming.pty.ends(), 0);
  for (const { pty } of [alice, ming]) {
    assert.match(pty.everything, /^! Not sent yet, kept for the next time: too late\ncode 0/m);
  }
  const { port } = stage.server.address;
  const again = stage.stack.use(await spawnServer(stage.dataDir, { port }));
  const args = ["--account", String(ming.account)];
  const back = stage.stack.use(chat(again, { args, cwd: ming.cwd, env: { CHAT_PASSWORD: PASSWORD } }));
  await back.shows(/✓小明\(\d+\) too late/);
  const bob = stage.stack.use(await enter(again, BOB, { after: 0 }));
  assert.equal((await bob.take("event", 1)).length, 1);
  await back.submits("/quit");
  assert.equal(await back.ends(), 0);
});

liveTest(
  "what was said is there before the server answers, and while there is none; it is found and scrolled to",
  async (stage) => {
    const { server, folder: cwd, dataDir, stack } = stage;
    const bob = stack.use(await enter(server, BOB));
    for (let at = 0; at < 30; at++) await post(bob, `message ${at}!`);
    await post(bob, "昨天在海边");
    const { args, ended } = await stayLoggedIn(stage);
    assert.equal(ended, 0);
    await server.stop("SIGKILL");
    const pty = stack.use(chat(server, { args, cwd }));
    await pty.shows("昨天在海边");
    await pty.shows("── offline");
    await pty.submits("/search MESSAGE 2!");
    await pty.shows("only what is kept on this machine");
    await pty.shows("▶");
    await pty.types("\r");
    await pty.until(() => /message 1!\n.*message 2!\n.*message 3!/.test(pty.screen), "what stands around it");
    await pty.types("\x1b");
    await pty.until(() => /昨天在海边\n── offline/.test(pty.screen), "the end again");
    await pty.submits("written offline");
    await pty.shows(/… {3}\S+ written offline/);
    const again = stack.use(await spawnServer(dataDir, { port: server.address.port }));
    await pty.shows(/✓\S+ written offline/);
    const late = stack.use(await enter(again, BOB, { after: 31 }));
    const [event] = await late.take("event", 1);
    assert.equal(event?.type === "post" && event.text, "written offline");
    await pty.submits("/quit");
    assert.equal(await pty.ends(), 0);
  },
);

/** Somebody new who has been here once, and need not give their password again. */
async function stayLoggedIn({ server, folder: cwd, stack }: Stage) {
  const args = ["--account", String(await register(server, "Dora"))];
  const pty = stack.use(chat(server, { args, cwd }));
  await pty.shows("◆  Password");
  await pty.submits(PASSWORD);
  await pty.shows("Stay logged in");
  await pty.types("y");
  await pty.shows("昨天在海边");
  await pty.submits("/quit");
  return { args, ended: await pty.ends() };
}

/** Longer than the machine seems busy rather than asleep: see `wake.ts`. */
const ASLEEP_MS = 7_500;

liveTest(
  "after a sleep a connection that died meanwhile is given up at once, and what was missed comes in order",
  async (stage) => {
    using relay = new Relay(stage.server.address.port);
    const alice = await arrive(stage, { name: "Alice", through: relay });
    const bob = stage.stack.use(await enter(stage.server, BOB));
    await post(bob, "message 0!");
    await alice.pty.shows("message 0!");
    await alice.pty.types("half a draft");
    await alice.pty.shows("› half a draft");
    alice.pty.kill("SIGSTOP");
    // Nobody is told: as when a laptop is closed and its address goes to somebody else.
    relay.forget();
    const asleep = Date.now();
    for (let at = 1; at < 6; at++) await post(bob, `message ${at}!`);
    await until(() => Date.now() - asleep > ASLEEP_MS, "a sleep that is one");
    alice.pty.kill("SIGCONT");
    await alice.pty.shows("Connected again.");
    await alice.pty.shows("message 5!");
    const numbers = [...alice.pty.everything.matchAll(/message (\d)!/g)].map(([, number]) => number);
    assert.deepEqual(numbers, ["0", "1", "2", "3", "4", "5"]);
    assert.match(alice.pty.screen, /› half a draft$/);
  },
);
