/**
 * The past: pages of 100 and finds from anywhere in a history of up to 1,000,000 posts, the start of a server that has one, and what a
 * post costs on top of it. The same history grows from size to size, and so do the figures if something depends on it.
 */
import { join } from "node:path";
import { LOBBY } from "../../../lib/chat/types.ts";
import { Link } from "../../../lib/client/link.ts";
import { openMysql } from "../../../lib/store/mysql.ts";
import { SqliteDatabase } from "../../../lib/store/sqlite_database.ts";
import type { Store } from "../../../lib/store/store.ts";
import type { Bench, Goal, Measure, Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT, PASSWORD, seedAccounts } from "../contestants/accounts.ts";
import { temporaryFolder } from "../contestants/contestant.ts";
import { digits, goalAtMost, medianOf } from "../figures.ts";
import { Load } from "../load.ts";
import { startProcess } from "../server_process.ts";
import { summarize } from "../stats.ts";

export const HISTORY_SIZES: readonly number[] = [1000, 10_000, 100_000, 1_000_000];
const SENDERS = 16;
const BATCH = 1000;
/** Where a search takes long, fewer are enough. */
const SEARCHING_MS = 10_000;

interface Archive {
  readonly name: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** Brings the history to so many posts. */
  grow(posts: number): Promise<void>;
}

export const history: Measure = {
  name: "history",
  title: "Pages of history, and a server that has much of it",
  run: async (bench) => {
    const samples: Sample[] = [];
    const sizes = bench.quick ? HISTORY_SIZES.slice(0, 2) : HISTORY_SIZES;
    await using stack = new AsyncDisposableStack();
    const archives = [await sqliteArchive(stack)];
    if (bench.mariadb) archives.push(await mysqlArchive(stack, bench));
    for (const size of sizes) {
      for (const archive of archives) {
        bench.say(`${digits(size)} posts, ${archive.name}`);
        await archive.grow(size);
        for (let round = 1; round <= (bench.quick ? 1 : 3); round++) {
          samples.push({
            case: historyName(size),
            contestant: archive.name,
            round,
            values: await look(bench, archive, size),
          });
        }
      }
    }
    const median = (size: number, contestant: string, value: string) =>
      medianOf(samples, { case: historyName(size), contestant, value });
    const all = (size: number, contestant: string, value: string) =>
      summarize(
        samples.filter((sample) => sample.case === historyName(size) && sample.contestant === contestant)
          .map(({ values }) => values[value] ?? NaN),
      );
    const largest = sizes.at(-1) ?? NaN, smallest = sizes[0] ?? NaN;
    const goals: Goal[] = archives.flatMap(({ name }) => [
      goalAtMost(`p99 of a page of 100, ${historyName(largest)}, ${name}`, 5, all(largest, name, "p99"), " ms"),
      goalAtMost(`p99 of a search, ${historyName(largest)}, ${name}`, 50, all(largest, name, "find99"), " ms"),
      goalAtMost(`start of the server, ${historyName(largest)}, ${name}`, 1, all(largest, name, "start"), " s"),
      {
        what: `growth: a post's CPU from ${digits(smallest)} to ${digits(largest)} posts, ${name}`,
        wanted: "≤ 1.25 ×",
        measured: `${digits(median(largest, name, "cpu") / median(smallest, name, "cpu"))} ×`,
        met: median(largest, name, "cpu") / median(smallest, name, "cpu") <= 1.25,
      },
    ]);
    return {
      samples,
      goals,
      rows: sizes.flatMap((size) =>
        archives.map(({ name }) => ({
          what: historyName(size),
          contestant: name,
          figure: `page p50 ${digits(median(size, name, "p50"))}, p99 ${digits(median(size, name, "p99"))} ms; ` +
            `search p50 ${digits(median(size, name, "find50"))}, p99 ${digits(median(size, name, "find99"))} ms; ` +
            `start ${digits(median(size, name, "start"))} s; ${digits(median(size, name, "posts"))} posts/s`,
          ratio: "",
          cpu: `${digits(median(size, name, "cpu"))} µs a post`,
        }))
      ),
      notes: [],
    };
  },
};

export const historyName = (size: number) => `${digits(size)} posts stored`;

async function look(bench: Bench, archive: Archive, size: number): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    await startProcess({ command: [...bench.serverCommand, ...archive.args], folder: archive.folder }),
  );
  const { load } = await Load.open(bench.native.load, {
    dialect: "modern",
    port: server.port,
    members: SENDERS,
    firstAccount: FIRST_ACCOUNT,
    senders: SENDERS,
    join: false,
    pids: [server.pid],
  });
  stack.use(load);
  await load.pages({ count: 30, head: size });
  const pages = await load.pages({ count: bench.quick ? 100 : 500, head: size });
  const flow = await load.flow({ senders: SENDERS, window: 16, size: 64, seconds: bench.quick ? 0.3 : 0.8 });
  const found = await searchTimes(server.port, bench.quick ? 40 : 200);
  return {
    p50: pages.latency.p50 / 1000,
    p99: pages.latency.p99 / 1000,
    find50: quantile(found, 0.5),
    find99: quantile(found, 0.99),
    start: (server.listeningAt - server.startedAt) / 1000,
    posts: flow.acknowledged / flow.seconds,
    cpu: flow.serverCpu / flow.acknowledged * 1e6,
  };
}

/** Milliseconds until something was found, or nothing is known to be there: words that are everywhere, seldom, and nowhere. */
async function searchTimes(port: number, count: number): Promise<number[]> {
  const address = { host: "127.0.0.1", port };
  const entrance = { op: "login", account: FIRST_ACCOUNT, password: PASSWORD } as const;
  const link = await Link.open({ address, entrance, encryption: { mode: "plaintext" }, client: "bench" });
  const times: number[] = [];
  const deadline = performance.now() + SEARCHING_MS;
  for (let n = 0; n < count && performance.now() < deadline; n++) {
    const seldom = String(Math.random()).slice(3, 8);
    const text = ["ordinary length", seldom, "没有人说过", "a while ago"][n % 4] ?? "";
    const started = performance.now();
    for (let rest = {};;) {
      const { events, before } = await link.ask({ op: "search", room: LOBBY, text, limit: 20, ...rest }, "found");
      if (events.length > 0 || before === undefined) break;
      rest = { before };
    }
    times.push(performance.now() - started);
  }
  await link.close();
  return times;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? NaN;
}

function* drafts(from: number, to: number) {
  for (let at = from; at < to; at += BATCH) {
    yield Array.from({ length: Math.min(BATCH, to - at) }, () => ({
      type: "post" as const,
      id: crypto.randomUUID(),
      from: { account: FIRST_ACCOUNT, name: `n${FIRST_ACCOUNT}` },
      text: `What was said a while ago, in a sentence of ordinary length. ${Math.random()}`,
    }));
  }
}

async function fill(store: Pick<Store | SqliteDatabase, "append" | "head">, posts: number): Promise<void> {
  for (const batch of drafts(await store.head(LOBBY), posts)) await store.append(LOBBY, batch, Date.now());
}

async function sqliteArchive(stack: AsyncDisposableStack): Promise<Archive> {
  const folder = await temporaryFolder(stack);
  const open = () => new SqliteDatabase(join(folder, "chat.sqlite"), "normal");
  const database = open();
  await seedAccounts(database, SENDERS);
  database.close();
  return {
    name: "SQLite",
    args: ["--host=127.0.0.1", "--port=0", `--data-dir=${folder}`],
    folder,
    grow: async (posts) => {
      const database = open();
      await fill(database, posts);
      // As it is a while later: the index for searching follows the posts.
      while (database.index());
      database.close();
    },
  };
}

async function mysqlArchive(stack: AsyncDisposableStack, bench: Bench): Promise<Archive> {
  const folder = await temporaryFolder(stack);
  const url = (await bench.mariadb?.())?.url("bench_history") ?? "";
  const store = openMysql(url);
  await seedAccounts(store, SENDERS);
  await store.close();
  return {
    name: "MariaDB",
    args: ["--host=127.0.0.1", "--port=0", `--data-dir=${folder}`, `--database=${url}`],
    folder,
    grow: async (posts) => {
      const store = openMysql(url);
      await fill(store, posts);
      await store.close();
    },
  };
}
