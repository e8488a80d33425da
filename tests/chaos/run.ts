/** One run of chaos, from the first registration to the comparison at the end. */
import { LOBBY, type Post } from "../../lib/chat/types.ts";
import { type MariaDb, startMariaDb } from "../support/mariadb.ts";
import { openLink, post, read, type Reader, sendFiles } from "./actors.ts";
import { CrampedDisk } from "./cramped_disk.ts";
import { FaultProxy } from "./fault_proxy.ts";
import { halfClose } from "./half_closer.ts";
import { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";
import { StoppedReader, type StoppedReaderOptions } from "./stopped_reader.ts";
import { serverCommand, usageOf, Victim } from "./victim.ts";

export interface ChaosOptions {
  readonly posts: number;
  readonly minutes: number;
  readonly kills: number;
  readonly seed: number;
  readonly mariadb: boolean;
  /** The data stands on a disk that is full now and then; refused where none can be mounted. */
  readonly fullDisk: boolean;
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly database: "sqlite" | "mariadb";
  readonly server: "compiled" | "source";
  readonly seconds: number;
  readonly acknowledged: number;
  readonly history: number;
  readonly serverKills: number;
  readonly databaseKills: number;
  readonly connectionsBroken: number;
  readonly filesSent: number;
  /** Times that a reading client was stopped for a while. */
  readonly readerStops: number;
  /** Connections of which the client ended its half with answers outstanding. */
  readonly halfClosed: number;
  /** Times that the disk was full. */
  readonly diskFills: number;
  readonly restMegabytes: number;
  readonly restDescriptors: readonly [before: number, after: number];
  readonly violations: readonly string[];
}

const PASSWORD = "chaos-password";
const POSTERS = 6;
const READERS = 3;
const WINDOW = 32;
/** Descriptors that stay: connections to MySQL, and the runtime's own. */
const POOLED = 8;
const RUNTIME = 4;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { say, seed } = options;
  const random = new Random(seed);
  const ledger = new Ledger();
  const folder = await Deno.makeTempDir({ prefix: "chat-chaos-" });
  say(`seed ${seed}`);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const database = options.mariadb ? stack.use(await startMariaDb()) : undefined;
  const command = await serverCommand();
  const args = database ? [`--database=${database.url("chaos")}`] : [];
  const disk = options.fullDisk ? stack.use(await crampedDisk(options.posts, random.fork())) : undefined;
  const beforeStart = async () => await disk?.makeRoom();
  const victim = stack.use(
    new Victim({ command, folder: disk?.folder ?? folder, logFolder: folder, args, beforeStart }),
  );
  await victim.start();
  const proxy = stack.use(new FaultProxy({ target: () => victim.port, random: random.fork() }));

  // What is kept open once it has been needed: MySQL's connections, and what the runtime keeps when a worker has run.
  const descriptorsBefore = (await usageOf(victim.pid)).descriptors + RUNTIME + (database ? POOLED : 0);
  let account = 2000;
  const newcomer = () => ({ op: "register", account: ++account, name: `客${account}`, password: PASSWORD } as const);
  const port = () => random.chance(0.5) ? proxy.port : victim.port;
  const started = performance.now();
  const deadline = started + options.minutes * 60_000;
  let filesWanted = true;
  const more = () => ledger.acknowledged < options.posts || performance.now() < deadline;

  const readers: Reader[] = [];
  for (let i = 0; i < READERS; i++) {
    readers.push(await read(`reader ${i}`, i === 0 ? victim.port : proxy.port, { entrance: newcomer(), ledger }));
  }
  const posters = await Promise.all(Array.from({ length: POSTERS }, () => openLink(port(), newcomer())));
  const sender = await openLink(proxy.port, newcomer());
  const stopped = stack.use(await stoppedReader({ port: victim.port, ledger, random: random.fork() }, newcomer()));
  const posting = Promise.all(
    posters.map((link) => post(link, { ledger, random: random.fork(), window: WINDOW, more })),
  );
  const halfClosing = halfClose(victim, { entrance: newcomer(), ledger, random: random.fork(), more });
  disk?.torment();
  const sending = sendFiles(sender, { ledger, random: random.fork(), folder, more: () => filesWanted });

  const kills = await wreak({ options, random: random.fork(), ledger, victim, database, more });
  await posting;
  await disk?.relieve();
  const halfClosed = await halfClosing;
  stopped.release();
  filesWanted = false;
  proxy.hostile = false;
  const filesSent = await sending;

  const { history, head } = await wholeHistory(posters[0] ?? sender, LOBBY);
  ledger.close(history);
  const complete = async () => {
    for (const limit = performance.now() + 60_000; performance.now() < limit; await pause(50)) {
      if ([...readers, stopped].every((reader) => reader.last() === head)) return true;
    }
    return false;
  };
  if (!await complete()) {
    ledger.violate(`readers ended at ${[...readers, stopped].map((reader) => reader.last())}, the room at ${head}`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);

  await stopped[Symbol.asyncDispose]();
  for (const link of [...posters, sender, ...readers.map((reader) => reader.link)]) await link.close();
  const rest = await atRest(victim.pid, descriptorsBefore);
  if (rest.descriptors > descriptorsBefore) {
    ledger.violate(`${rest.descriptors} descriptors are open at rest; it began with ${descriptorsBefore}`);
  }
  const status = await victim.end("SIGTERM");
  if (status?.code !== 0) ledger.violate(`the server ended with ${JSON.stringify(status)}`);
  return {
    seed,
    database: database ? "mariadb" : "sqlite",
    server: command.length === 1 ? "compiled" : "source",
    seconds,
    acknowledged: ledger.acknowledged,
    history: history.length,
    ...kills,
    connectionsBroken: proxy.broken,
    filesSent,
    readerStops: stopped.stops,
    halfClosed,
    diskFills: disk?.fills ?? 0,
    restMegabytes: Math.round(rest.rss / 1e6),
    restDescriptors: [descriptorsBefore, rest.descriptors],
    violations: ledger.violations,
  };
}

/** A reader with an account of its own; one that is stopped must not hold up the others, and misses nothing in the end. */
async function stoppedReader(
  options: Pick<StoppedReaderOptions, "port" | "ledger" | "random">,
  entrance: { readonly op: "register"; readonly account: number; readonly name: string; readonly password: string },
): Promise<StoppedReader> {
  const link = await openLink(options.port, entrance);
  const reader = await StoppedReader.start({ ...entrance, ...options, name: "the stopped reader" });
  for (;;) {
    const { members } = await link.ask({ op: "who", room: LOBBY }, "members");
    if (members.some((member) => member.account === entrance.account)) break;
    await pause(20);
  }
  await link.close();
  reader.torment();
  return reader;
}

/** Large enough for all that is to be said, and no more than that by much. */
async function crampedDisk(posts: number, random: Random): Promise<CrampedDisk> {
  const disk = await CrampedDisk.mount({ mebibytes: 256 + Math.ceil(posts / 500), random });
  if (!disk) {
    throw new Error("Cannot mount a small disk: it takes root on Linux, and the right to mount. Leave it out.");
  }
  return disk;
}

interface Scene {
  readonly options: ChaosOptions;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly victim: Victim;
  readonly database: MariaDb | undefined;
  readonly more: () => boolean;
}

/** Kills the server, spread over the posts that are to come and at random moments among them, and now and then the database. */
async function wreak({ options, random, ledger, victim, database, more }: Scene) {
  let serverKills = 0, databaseKills = 0;
  const share = options.posts / (options.kills + 1);
  for (let at = 0; serverKills < options.kills && more();) {
    at += share * (0.5 + random.next());
    while (ledger.acknowledged < at && more()) await pause(5);
    await pause(random.between(0, 20));
    if (database && random.chance(0.5)) {
      await database.kill();
      databaseKills++;
      if (random.chance(0.5)) await killServer(victim);
      await pause(random.between(0, 300));
      await database.restart();
    } else await killServer(victim);
    serverKills++;
    if (serverKills % 10 === 0) options.say(`${ledger.acknowledged} acknowledged, ${serverKills} kills`);
  }
  return { serverKills: victim.starts - 1, databaseKills };
}

async function killServer(victim: Victim): Promise<void> {
  await victim.end("SIGKILL");
  await victim.start();
}

async function wholeHistory(link: Awaited<ReturnType<typeof openLink>>, room: string) {
  const history: Post[] = [];
  for (;;) {
    const after = history.at(-1)?.seq ?? 0;
    const page = await link.ask({ op: "history", room, after, limit: 500 }, "page");
    history.push(...page.events);
    if (!page.more) return { history, head: page.head };
  }
}

/** What the server uses once its clients have gone. Idle workers are ended after some seconds, and take theirs with them. */
async function atRest(pid: number, descriptors: number) {
  let usage = await usageOf(pid);
  for (const limit = performance.now() + 15_000; usage.descriptors > descriptors && performance.now() < limit;) {
    await pause(50);
    usage = await usageOf(pid);
  }
  return usage;
}
