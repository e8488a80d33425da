/**
 * Durable posts a second: 64 senders with 64 posts in flight each, who wait for STORED and are in no room. Beside it what
 * the disk does at the same time: 4 KiB written and flushed, one after the other.
 */
import { join } from "node:path";
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { temporaryFolder } from "../contestants/contestant.ts";
import { digits, goalAtLeast, medianOf } from "../figures.ts";
import { Load } from "../load.ts";
import { summarize } from "../stats.ts";

const SENDERS = 64;
const WINDOW = 64;

/** Writes of 4 KiB that the disk keeps for good in a second. */
export async function flushesPerSecond(seconds: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const folder = await temporaryFolder(stack);
  using file = await Deno.open(join(folder, "flushes"), { create: true, write: true });
  const page = new Uint8Array(4096);
  const started = performance.now();
  let count = 0;
  while (performance.now() - started < seconds * 1000) {
    await file.write(page);
    await file.syncData();
    count++;
  }
  return count / (performance.now() - started) * 1000;
}

export const durable: Measure = {
  name: "durable",
  title: "Durable posts a second",
  run: async (bench) => {
    const what = `${SENDERS} senders, ${WINDOW} in flight each`;
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const variants = [
      { name: "SQLite, full", contestant: bench.ours, args: ["--durability=full"] },
      { name: "SQLite, normal", contestant: bench.ours, args: ["--durability=normal"] },
      ...(bench.oursOnMariaDb ? [{ name: "MariaDB", contestant: bench.oursOnMariaDb, args: [] }] : []),
    ];
    const seats: { readonly name: string; readonly load: Load }[] = [];
    for (const { name, contestant, args } of variants) {
      const running = stack.use(await contestant.start({ accounts: SENDERS, args }));
      const { load } = await Load.open(bench.native.load, {
        dialect: "modern",
        port: running.port,
        members: SENDERS,
        firstAccount: FIRST_ACCOUNT,
        senders: SENDERS,
        join: false,
        pids: running.pids,
      });
      seats.push({ name, load: stack.use(load) });
    }
    const seconds = bench.quick ? 0.5 : 1.5;
    for (const { load } of seats) await load.flow({ senders: SENDERS, window: WINDOW, size: 64, seconds: 0.3 });
    await inRounds(bench, [...seats, undefined], async (seat, round) => {
      if (!seat) {
        const values = { rate: await flushesPerSecond(0.4) };
        samples.push({ case: what, contestant: "the disk", round, values });
        return;
      }
      const phase = await seat.load.flow({ senders: SENDERS, window: WINDOW, size: 64, seconds });
      const { acknowledged, serverCpu, latency } = phase;
      samples.push({
        case: what,
        contestant: seat.name,
        round,
        values: {
          rate: acknowledged / phase.seconds,
          cpu: serverCpu / acknowledged * 1e6,
          p50: latency.p50 / 1000,
          p99: latency.p99 / 1000,
        },
      });
    });
    const median = (contestant: string, value: string) => medianOf(samples, { case: what, contestant, value });
    const rates = (contestant: string) =>
      samples.filter((sample) => sample.contestant === contestant).map(({ values }) => values["rate"] ?? NaN);
    const disk = median("the disk", "rate");
    return {
      samples,
      goals: [goalAtLeast("durable posts/s, SQLite at full", 5000, summarize(rates("SQLite, full")), "/s")],
      rows: [
        ...seats.map(({ name }) => ({
          what: `durable posts, ${what}`,
          contestant: name,
          figure: `${digits(median(name, "rate"))}/s, p50 ${digits(median(name, "p50"))}, p99 ${
            digits(median(name, "p99"))
          } ms`,
          ratio: `${digits(median(name, "rate") / disk)} × the disk's flushes`,
          cpu: `${digits(median(name, "cpu"))} µs a post`,
        })),
        { what: "4 KiB flushed", contestant: "the disk", figure: `${digits(disk)}/s`, ratio: "1", cpu: "" },
      ],
      notes: [],
    };
  },
};
