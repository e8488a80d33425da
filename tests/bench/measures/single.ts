/**
 * One post's way alone, from its sender to both members, when nothing else goes on: against what the store itself takes to
 * commit one post, in this process, on the same disk.
 */
import { join } from "node:path";
import { LOBBY } from "../../../lib/chat/types.ts";
import { SqliteDatabase } from "../../../lib/store/sqlite_database.ts";
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { temporaryFolder } from "../contestants/contestant.ts";
import { digits, medianOf, withSpread } from "../figures.ts";
import { takeSeat } from "../seats.ts";
import { median, summarize } from "../stats.ts";

const POSTS = 100;
const RATE = 50;
/** Milliseconds that a post may take beyond the commit. */
const BEYOND_MS = 1;

/** Milliseconds that the store takes to commit one post, the median of so many. */
async function commitMs(posts: number): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const database = new SqliteDatabase(join(await temporaryFolder(stack), "chat.sqlite"), "full");
  stack.defer(() => database.close());
  const times: number[] = [];
  for (let i = 0; i < posts; i++) {
    const draft = {
      type: "post",
      id: crypto.randomUUID(),
      from: { account: 1000, name: "n" },
      text: "x".repeat(64),
    } as const;
    const started = performance.now();
    database.append(LOBBY, [draft], Date.now());
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 1000 / RATE));
  }
  return median(times);
}

export const single: Measure = {
  name: "single",
  title: "One post's way alone",
  run: async (bench) => {
    const what = "2 clients";
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const posts = bench.quick ? POSTS / 4 : POSTS;
    const seats = [];
    for (const contestant of [bench.ours, bench.reference]) {
      seats.push(await takeSeat(contestant, stack, { load: bench.native.load, members: 2, senders: 1 }));
    }
    await inRounds(bench, [...seats, undefined], async (seat, round) => {
      const values = seat
        ? {
          p50: (await seat.load.pace({ senders: 1, rate: RATE, size: 64, seconds: posts / RATE })).latency.p50 / 1000,
        }
        : { p50: await commitMs(posts) };
      samples.push({ case: what, contestant: seat?.name ?? "the store's commit", round, values });
    });
    const values = (contestant: string) =>
      samples.filter((sample) => sample.contestant === contestant).map((sample) => sample.values["p50"] ?? NaN);
    const commits = values("the store's commit");
    const beyond = summarize(values("ours").map((ms, round) => ms - (commits[round] ?? NaN)));
    const names = ["ours", "the store's commit", "reference"];
    return {
      samples,
      goals: [{
        what: "one post's way beyond the store's own commit, p50",
        wanted: `≤ ${BEYOND_MS} ms`,
        measured: withSpread(beyond, " ms"),
        met: beyond.median <= BEYOND_MS,
      }],
      rows: names.map((contestant) => ({
        what: `one post, ${what}`,
        contestant,
        figure: `p50 ${digits(medianOf(samples, { case: what, contestant, value: "p50" }))} ms`,
        ratio: "",
        cpu: "",
      })),
      notes: [],
    };
  },
};
