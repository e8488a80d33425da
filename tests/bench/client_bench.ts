// deno-lint-ignore-file no-console -- a bench speaks on the console
/**
 * `deno task bench:client`: how fast the compiled client is on this machine, in a terminal of 120 × 36.
 *
 * Reported, never judged: the time to the first frame, the share of a core that a room of 200 messages a second takes, how
 * long a key takes to be seen meanwhile, and the memory before and after many messages. `dist/chat` has to be there
 * (`deno task compile`); `--seconds` of load, `--messages` for the memory, `--starts` for the first frame.
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cache } from "../../lib/client/cache.ts";
import { stripStyle } from "../../lib/terminal/style.ts";
import { Pty } from "../support/pty.ts";
import { ALICE, BOB, logIn, post, spawnServer, temporaryFolder } from "../support/server.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    messages: { type: "string", default: "50000" },
    starts: { type: "string", default: "9" },
    program: { type: "string", default: fileURLToPath(import.meta.resolve("../../dist/chat")) },
  },
});
const RATE = 200;
const words = "今天天气很好 lorem ipsum dolor sit amet 👋 consectetur adipiscing elit 我们去海边吧 sed do eiusmod"
  .split(" ");
const text = (number: number) =>
  `${number} ${Array.from({ length: 3 + number % 12 }, (_, at) => words[(number * 7 + at) % words.length]).join(" ")}`;

await using stack = new AsyncDisposableStack();
const folder = temporaryFolder(stack);
const dataDir = join(folder, "data");
await Deno.mkdir(dataDir);
const server = stack.use(await spawnServer(dataDir));
const { hostname: host, port } = server.address;
const bob = stack.use(await logIn(server, BOB));
for (let number = 0; number < 200; number++) await post(bob, text(number));
{
  using cache = Cache.open(join(folder, "chat"), { host, port });
  cache?.keepSession(ALICE);
}

const open = () =>
  new Pty([values.program, `${host}:${port}`], {
    columns: 120,
    rows: 36,
    cwd: folder,
    env: { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder },
  });
const pidOf = (pty: Pty): number => Number(/^pid (\d+)/m.exec(pty.output)?.[1]);

/** Milliseconds of processor time that a process has used: 100 ticks a second on every Linux. */
async function cpuMs(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
async function rssMiB(pid: number): Promise<string> {
  const [, kib] = /^VmRSS:\s*(\d+)/m.exec(await Deno.readTextFile(`/proc/${pid}/status`)) ?? [];
  return (Number(kib) / 1024).toFixed(0);
}
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const at = (numbers: readonly number[], share: number) =>
  (sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? NaN).toFixed(0);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Posts at a rate, whatever the answers take, until told to stop; resolves with how many. */
function load(rate: number) {
  let stopped = false;
  const posting = (async () => {
    const began = performance.now();
    let sent = 0;
    while (!stopped) {
      while (sent < (performance.now() - began) * rate / 1000) {
        void post(bob, text(1000 + sent++));
      }
      await pause(5);
    }
    return sent;
  })();
  return { stop: () => (stopped = true, posting) };
}

const frames: number[] = [];
for (let start = 0; start < Number(values.starts); start++) {
  await using pty = open();
  await pty.until(() => pty.output.includes("pid "), "its start");
  const began = performance.now();
  await pty.until(() => /── (online|connecting|offline)/.test(pty.output), "its first frame");
  // The first one fills the cache of messages and of the disk.
  if (start > 0) frames.push(performance.now() - began);
  await pty.shows("── online");
  await pty.types("\x04");
  await pty.ends();
}
console.log(`first frame          ${at(frames, 0.5)} ms (median of ${frames.length}, slowest ${at(frames, 1)} ms)`);

await using pty = open();
await pty.shows("── online");
const pid = pidOf(pty);
await pause(1000);
console.log(`memory at the start  ${await rssMiB(pid)} MiB`);

const talk = load(RATE);
await pause(2000);
const [before, began] = [await cpuMs(pid), performance.now()];
const bytes = pty.output.length;
await pause(Number(values.seconds) * 1000);
const [used, elapsed] = [await cpuMs(pid) - before, performance.now() - began];
const written = (pty.output.length - bytes) / elapsed;
console.log(
  `${RATE} messages/s       ${(used / elapsed * 100).toFixed(1)} % of a core, ${
    written.toFixed(0)
  } kB/s to the terminal`,
);

const echoes: number[] = [];
for (const letter of "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz") {
  const typed = performance.now();
  const seen = pty.output.length;
  await pty.types(letter);
  await pty.until(() => new RegExp(`› [a-z]*${letter}`).test(stripStyle(pty.output.slice(seen))), "the key");
  echoes.push(performance.now() - typed);
  await pause(37);
}
console.log(
  `key echo meanwhile   ${at(echoes, 0.5)} ms (median of ${echoes.length}, 95 % within ${at(echoes, 0.95)} ms)`,
);
await talk.stop();

const total = Number(values.messages);
for (let sent = 0; sent < total;) {
  const batch = Math.min(1000, total - sent);
  await Promise.all(Array.from({ length: batch }, (_, index) => post(bob, text(sent + index))));
  sent += batch;
  if (sent % Math.ceil(total / 5) < batch) {
    console.log(`memory after ${String(sent).padStart(6)}  ${await rssMiB(pid)} MiB`);
  }
}
await pty.types("\x15\x04");
await pty.ends();
