/** People in the live room: they talk, send pictures and files, and write while much is said. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { arrive, liveTest, READY } from "../support/live.ts";
import { BOB, enter, post } from "../support/server.ts";

const picture = fileURLToPath(import.meta.resolve("../../image/lighthouse.png"));
const count = (text: string, part: string) => text.split(part).length - 1;

liveTest("two people see each other come, talk and go", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明", columns: 40, rows: 12 });
  await alice.pty.shows(`→ 小明(${ming.account}) came in`);
  await alice.pty.submits("hello 👋 how are you?");
  await ming.pty.shows(`Alice(${alice.account}) hello 👋`);
  await ming.pty.submits("你好,@Alice!今天天气很好。");
  await alice.pty.shows(/小明\(\d+\) 你好,@Alice!今天天气很好。/);
  assert.ok(alice.pty.output.includes("\x07"), "a mention rings");
  await ming.pty.submits("/who");
  await ming.pty.shows("2 here now:");
  await ming.pty.submits("/quit");
  assert.equal(await ming.pty.ends(), 0);
  await alice.pty.shows(`← 小明(${ming.account}) left`);
  await alice.pty.types("\x04");
  assert.equal(await alice.pty.ends(), 0);
  assert.equal(count(alice.pty.everything, READY), 0, "the screen is given back as it was");
});

liveTest("a picture is drawn and kept, a file is fetched byte for byte", async (stage) => {
  const alice = await arrive(stage, { name: "Alice" });
  const ming = await arrive(stage, { name: "小明" });
  await alice.pty.submits(`/image ${picture}`);
  await Promise.all([alice, ming].map(({ pty }) => pty.shows("▀▀▀▀▀▀▀▀")));
  await ming.pty.shows("▣ lighthouse.png (30.0 KiB) · /save 1");
  const kept = join(ming.cwd, ".data", "chat", "image");
  const names = Array.from(Deno.readDirSync(kept), ({ name }) => name);
  assert.equal(names.length, 1);
  assert.deepEqual(await Deno.readFile(join(kept, names[0] ?? "")), await Deno.readFile(picture));

  const file = join(alice.cwd, "my notes (1).bin");
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await Deno.writeFile(file, bytes);
  await alice.pty.types("/file my n\t");
  await alice.pty.shows("› /file my notes (1).bin");
  await alice.pty.types("\r");
  await ming.pty.shows("▤ my notes (1).bin (48.8 KiB) · /save 2");
  await ming.pty.submits("/save 2");
  await ming.pty.shows("Saved ");
  await ming.pty.submits("/save 2");
  await ming.pty.shows("(1) (2).bin");
  for (const name of ["my notes (1).bin", "my notes (1) (2).bin"]) {
    assert.deepEqual(await Deno.readFile(join(ming.cwd, name)), bytes);
  }
  await ming.pty.submits("/file nothing-there");
  await ming.pty.shows("! Cannot send nothing-there: there is no such file.");
});

liveTest(
  "a line that is being written survives a storm of messages and of new sizes",
  async (stage) => {
    const alice = await arrive(stage, { name: "Alice" });
    const bob = stage.stack.use(await enter(stage.server, BOB));
    await alice.pty.types("写到一半 half a line");
    await alice.pty.shows("› 写到一半 half a line");
    const storm = (from: number) =>
      Promise.all(Array.from({ length: 100 }, (_, at) => post(bob, `message ${from + at}!`)));
    await storm(0);
    await alice.pty.resize(50, 16);
    await storm(100);
    await alice.pty.resize(100, 30);
    await alice.pty.until(
      () => /message 172!(.*\n)+.*message 199!.*\n── online.*\n› 写到一半 half a line$/.test(alice.pty.screen),
      "the last message",
    );
    const numbers = [...alice.pty.screen.matchAll(/message (\d+)!/g)].map(([, number]) => Number(number));
    assert.deepEqual(numbers, Array.from({ length: 28 }, (_, index) => 172 + index));
    await alice.pty.types("\x1b[5~".repeat(9));
    await alice.pty.shows("message 0!");
    await alice.pty.types("\x1b");
    // Typed any sooner, the space would come in the same read, and be alt-space.
    await alice.pty.until(() => !/message 0!/.test(alice.pty.screen), "the present again");
    await alice.pty.submits(" done");
    await alice.pty.shows(/Alice\(\d+\) 写到一半 half a line done/);
  },
);
