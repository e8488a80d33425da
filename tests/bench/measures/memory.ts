/**
 * Memory of connections that do nothing: resident bytes beyond those at the start, for each connection that has logged in.
 * Then 20,000 connections from several loopback addresses, or as many as this machine gives descriptors for, 5,000 of them
 * in the room, which must still be served.
 */
import type { Bench, Measure, Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { digits, goalAtMost } from "../figures.ts";
import { Load, type LoadOptions } from "../load.ts";
import { MAX_ACCOUNTS } from "../seats.ts";
import { residentBytes } from "../server_process.ts";
import { summarize } from "../stats.ts";

const LIMIT_KIB = 12;
/** Source addresses: one has some 28,000 ports. */
const SOURCES = 8;
const SETTLE_MS = 4000;
const CROWD = 20_000;
const IN_ROOM = 5000;
/** What the server needs beside its connections, with what it keeps back. */
const SPARE_DESCRIPTORS = 400;

export const memory: Measure = {
  name: "memory",
  title: "Memory of idle connections",
  run: async (bench) => {
    const samples: Sample[] = [];
    const sizes = bench.quick ? [500] : [1000, 10_000];
    for (const members of sizes) {
      for (let round = 1; round <= Math.min(bench.rounds, bench.quick ? 1 : 3); round++) {
        bench.say(`${digits(members)} idle connections, round ${round}`);
        const values = { kib: await idleKib(bench, members) };
        samples.push({ case: nameOf(members), contestant: "ours", round, values });
      }
    }
    const crowd = bench.quick ? undefined : await serveCrowd(bench);
    const kib = (members: number) =>
      summarize(samples.filter((sample) => sample.case === nameOf(members)).map(({ values }) => values["kib"] ?? NaN));
    return {
      samples,
      goals: [
        ...sizes.map((members) =>
          goalAtMost(`memory per idle connection, ${nameOf(members)}`, LIMIT_KIB, kib(members), " KiB")
        ),
        ...(crowd
          ? [{ what: "20,000 connected, 5,000 in one room, still served", wanted: "yes", measured: crowd, met: true }]
          : []),
      ],
      rows: sizes.map((members) => ({
        what: nameOf(members),
        contestant: "ours",
        figure: `${digits(kib(members).median)} KiB each`,
        ratio: "",
        cpu: "",
      })),
      notes: [],
    };
  },
};

const nameOf = (members: number) => `${digits(members)} connections, logged in`;

async function idleKib(bench: Bench, members: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const running = stack.use(await bench.ours.start({ accounts: MAX_ACCOUNTS }));
  const pid = running.process().pid;
  // What the first few need (code, workers) the later ones share.
  const { load: first } = await Load.open(bench.native.load, crowdOf(running.port, { members: 50, join: false }));
  await first[Symbol.asyncDispose]();
  const before = await leastResident(pid);
  const { load } = await Load.open(bench.native.load, crowdOf(running.port, { members, join: false }));
  stack.use(load);
  return (await leastResident(pid) - before) / members / 1024;
}

/** Rubbish is collected at its own pace: the least that is seen for some seconds. */
async function leastResident(pid: number): Promise<number> {
  let least = Infinity;
  for (const started = performance.now(); performance.now() - started < SETTLE_MS;) {
    least = Math.min(least, await residentBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return least;
}

async function serveCrowd(bench: Bench): Promise<string> {
  const crowd = Math.min(CROWD, await descriptorLimit() - SPARE_DESCRIPTORS);
  bench.say(`${digits(crowd)} connections`);
  await using stack = new AsyncDisposableStack();
  const running = stack.use(await bench.ours.start({ accounts: MAX_ACCOUNTS }));
  const idle = await Load.open(bench.native.load, crowdOf(running.port, { members: crowd - IN_ROOM, join: false }));
  stack.use(idle.load);
  const room = await Load.open(bench.native.load, crowdOf(running.port, { members: IN_ROOM, join: true }));
  stack.use(room.load);
  const { deliveries, seconds } = await room.load.flow({ senders: 10, window: 16, size: 64, seconds: 2 });
  const resident = await residentBytes(running.process().pid);
  return `yes, ${digits(crowd)} connected: ${digits(deliveries / seconds)} deliveries/s, ${
    digits(resident / 2 ** 20)
  } MiB`;
}

/** Descriptors that a process may have at most. */
async function descriptorLimit(): Promise<number> {
  const [, limit = "0"] = /^Max open files\s+\d+\s+(\d+)/m.exec(await Deno.readTextFile("/proc/self/limits")) ?? [];
  return Number(limit);
}

const crowdOf = (port: number, options: Pick<LoadOptions, "members" | "join">): LoadOptions => ({
  dialect: "modern",
  port,
  accounts: MAX_ACCOUNTS,
  firstAccount: FIRST_ACCOUNT,
  senders: 10,
  sources: SOURCES,
  ...options,
});
