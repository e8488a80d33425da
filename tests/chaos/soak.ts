// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task soak [--minutes N] [--rate N] [--json FILE]`: a server under a steady load of everything, for long.
 *
 * People talk at a fixed rate, others only read, some come and go, files are sent and fetched, and the room keeps only so much, so that
 * the server also has to remove. Its memory and its descriptors are looked at every few seconds. They are flat when the last third
 * of the time has no more of them than the third before, but for what a garbage collector leaves to chance.
 */
import { Command } from "@commander-js/extra-typings";
import { LOBBY } from "../../lib/chat/types.ts";
import type { Link } from "../../lib/client/link.ts";
import { openLink, read, sendFiles } from "./actors.ts";
import { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";
import { serverCommand, usageOf, Victim } from "./victim.ts";

const PASSWORD = "soak-password";
const READERS = 20;
const KEPT_POSTS = 20_000;
/** What one look may differ from another, in bytes and in descriptors, without any growth behind it. */
const CHANCE = { share: 0.05, bytes: 8_000_000, descriptors: 4 } as const;

const options = new Command("soak")
  .option("--minutes <number>", "how long", Number, 10)
  .option("--rate <number>", "posts per second", Number, 200)
  .option("--json <file>", "write the samples there, too")
  .parse(Deno.args, { from: "user" })
  .opts();

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

await using stack = new AsyncDisposableStack();
const folder = await Deno.makeTempDir({ prefix: "chat-soak-" });
stack.defer(() => Deno.remove(folder, { recursive: true }));
const args = ["--ring=4M", `--retain=posts=${KEPT_POSTS}`];
const victim = stack.use(new Victim({ command: await serverCommand(), folder, logFolder: folder, args }));
await victim.start();

const ledger = new Ledger();
const deadline = performance.now() + options.minutes * 60_000;
const more = () => performance.now() < deadline;
let account = 2000;
const newcomer = () => ({ op: "register", account: ++account, name: `客${account}`, password: PASSWORD } as const);

const readers = [];
for (let i = 0; i < READERS; i++) {
  readers.push(await read(`reader ${i}`, victim.port, { entrance: newcomer(), ledger }));
}
const talker = await openLink(victim.port, newcomer());
const sender = await openLink(victim.port, newcomer());

/** Posts that keep to the rate, however late the clock is looked at. */
async function talk(link: Link): Promise<void> {
  const started = performance.now();
  const posting = new Set<Promise<void>>();
  for (let count = 0; more(); count++) {
    const early = started + count * 1000 / options.rate - performance.now();
    if (early > 2) await pause(early);
    const id = crypto.randomUUID();
    const one = link.ask({ op: "post", room: LOBBY, id, text: `${id} 一直在说 ${"x".repeat(count % 200)}` }, "stored")
      .then(({ seq }) => ledger.acknowledge(id, seq));
    posting.add(one);
    one.finally(() => posting.delete(one));
  }
  await Promise.all(posting);
}

/** Somebody who comes, reads what was said last, looks who is there, and leaves. */
async function visit(): Promise<number> {
  let visits = 0;
  for (const entrance = newcomer(); more(); visits++) {
    const link = await openLink(victim.port, visits === 0 ? entrance : { ...entrance, op: "login" });
    await link.join(LOBBY, { last: 100 });
    await link.ask({ op: "history", room: LOBBY, limit: 100 }, "page");
    await link.ask({ op: "who", room: LOBBY }, "members");
    await link.close();
    await pause(200);
  }
  return visits;
}

const samples: { readonly second: number; readonly rss: number; readonly descriptors: number }[] = [];
async function watch(): Promise<void> {
  const started = performance.now();
  while (more()) {
    const second = Math.round((performance.now() - started) / 1000);
    samples.push({ second, ...await usageOf(victim.pid) });
    await pause(Math.min(5000, options.minutes * 1000));
  }
}

const random = new Random(1);
const [, visits, files] = await Promise.all([
  talk(talker),
  visit(),
  sendFiles(sender, { ledger, random, folder, more, pauseMs: 1000 }),
  watch(),
]);

const third = Math.floor(samples.length / 3);
const [before, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
const compare = (of: "rss" | "descriptors") => [before, last].map((part) => median(part.map((sample) => sample[of])));
const [rssBefore = 0, rssLast = 0] = compare("rss");
const [descriptorsBefore = 0, descriptorsLast = 0] = compare("descriptors");
const flat = rssLast <= rssBefore * (1 + CHANCE.share) + CHANCE.bytes &&
  descriptorsLast <= descriptorsBefore + CHANCE.descriptors;
for (const { link } of readers) await link.close();
for (const link of [talker, sender]) await link.close();
const report = {
  minutes: options.minutes,
  rate: options.rate,
  acknowledged: ledger.acknowledged,
  visits,
  files,
  megabytes: samples.map((sample) => Math.round(sample.rss / 1e6)),
  thirds: {
    megabytes: [rssBefore, rssLast].map((rss) => Math.round(rss / 1e6)),
    descriptors: [descriptorsBefore, descriptorsLast],
  },
  violations: ledger.violations,
};
console.log(JSON.stringify(report));
if (options.json !== undefined) {
  await Deno.writeTextFile(options.json, JSON.stringify({ ...report, samples }, null, 2) + "\n");
}
console.log(flat ? "Memory and descriptors are flat." : "Memory or descriptors grow.");
const ended = await victim.end("SIGTERM");
await stack.disposeAsync();
Deno.exit(flat && ledger.violations.length === 0 && ended?.code === 0 ? 0 : 1);
