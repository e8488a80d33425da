/**
 * A file's way through the server's disk: a sender brings it, then a receiver fetches it. Alone, and ten at once; and
 * whether those who chat meanwhile notice. The reference does the same without looking: no checksum, no window.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Bench, inRounds, type Measure, type Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { temporaryFolder } from "../contestants/contestant.ts";
import { digits, goalAtLeast, goalAtMost, medianOf, ratioOf, series, withSpread } from "../figures.ts";
import { untilWritten } from "../idle.ts";
import type { Latency } from "../load.ts";
import { type Seat, takeSeat } from "../seats.ts";
import { ratios } from "../stats.ts";

const PACE = { senders: 10, rate: 50, size: 64 } as const;
/** No power of two, so that a piece in the wrong place never looks right. */
const BLOCK_BYTES = 1_000_003;

interface Job {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

export const relay: Measure = {
  name: "relay",
  title: "Files through the disk, and the chat meanwhile",
  run: async (bench) => {
    const MIB = 2 ** 20;
    const jobs: Job[] = bench.quick
      ? [{ name: "64 MiB, one file", files: 1, bytes: 64 * MIB }]
      : [{ name: "1 GiB, one file", files: 1, bytes: 1024 * MIB }, {
        name: "10 × 100 MiB at once",
        files: 10,
        bytes: 100 * MIB,
      }];
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder(stack);
    const seats: Seat[] = [];
    for (const contestant of [bench.ours, bench.reference]) {
      seats.push(await takeSeat(contestant, stack, { load: bench.native.load, members: 100, senders: PACE.senders }));
    }
    const rounds = Math.min(bench.rounds, 3);
    for (const job of jobs) {
      await inRounds({ ...bench, rounds }, seats, async (seat, round) => {
        bench.say(`${job.name}, ${seat.name}, round ${round}`);
        await untilWritten();
        const calm = (await seat.load.pace({ ...PACE, seconds: bench.quick ? 1 : 2 })).latency;
        const { megabytes, latency } = await send(bench, seat, { job, folder });
        const values = { megabytes, calm: calm.p99 / 1000, ...(latency ? { p99: latency.p99 / 1000 } : {}) };
        samples.push({ case: job.name, contestant: seat.name, round, values });
      });
    }
    return {
      samples,
      goals: jobs.flatMap(({ name }) => [
        goalAtLeast(
          `file relay, ${name}, against the reference`,
          0.6,
          ratioOf(samples, { case: name, value: "megabytes", above: "ours", below: "reference" }),
        ),
        goalAtMost(
          `p99 of deliveries during the relay, ${name}, against calm`,
          2,
          ratios(
            series(samples, { case: name, contestant: "ours", value: "p99" }),
            series(samples, { case: name, contestant: "ours", value: "calm" }),
          ),
        ),
      ]),
      rows: jobs.flatMap(({ name }) =>
        seats.map(({ name: contestant }) => {
          const median = (value: string) => digits(medianOf(samples, { case: name, contestant, value }));
          const ratio = ratioOf(samples, { case: name, value: "megabytes", above: contestant, below: "reference" });
          return {
            what: name,
            contestant,
            figure: `${median("megabytes")} MB/s; chat p99 ${median("p99")} ms, calm ${median("calm")} ms`,
            ratio: contestant === "reference" ? "1" : withSpread(ratio),
            cpu: "",
          };
        })
      ),
      notes: [],
    };
  },
};

/** Relays the files, each by a process of its own, while the members chat. */
async function send(bench: Bench, seat: Seat, { job, folder }: { readonly job: Job; readonly folder: string }) {
  const block = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < block.length; at += 65_536) crypto.getRandomValues(block.subarray(at, at + 65_536));
  const path = join(folder, "block");
  await Deno.writeFile(path, block);
  const starts = Array.from({ length: job.files }, (_, index) => index * 1000);
  const hashes = starts.map((start) => hashOf(block, start, job.bytes));
  const started = performance.now();
  const pairs = starts.map((start, index) =>
    relayOne(bench, seat, { start, path, bytes: job.bytes, sha256: hashes[index] ?? "" })
  );
  let relaying = true;
  const done = Promise.all(pairs).finally(() => relaying = false);
  const chatting = chatWhile(seat, () => relaying);
  const [seconds, latencies] = await Promise.all([
    done.then(() => (performance.now() - started) / 1000),
    chatting,
  ]);
  return { megabytes: job.files * job.bytes / seconds / 1e6, latency: middle(latencies) };
}

/** Chats in short phases for as long as the relay takes; a phase that lasted beyond its end does not count. */
async function chatWhile(seat: Seat, relaying: () => boolean): Promise<Latency[]> {
  const latencies: Latency[] = [];
  while (relaying()) {
    const { latency } = await seat.load.pace({ ...PACE, seconds: 0.5 });
    if (relaying() || latencies.length === 0) latencies.push(latency);
  }
  return latencies;
}

/** Each phase has a p99 of its own; the middle one stands for all. */
function middle(latencies: readonly Latency[]): Latency | undefined {
  return latencies.toSorted((a, b) => a.p99 - b.p99)[latencies.length >>> 1];
}

function hashOf(block: Uint8Array, start: number, bytes: number): string {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes;) {
    const from = (start + at) % block.length;
    const length = Math.min(block.length - from, bytes - at);
    hash.update(block.subarray(from, from + length));
    at += length;
  }
  return hash.digest("hex");
}

interface OneFile {
  readonly start: number;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function relayOne(bench: Bench, seat: Seat, { start, path, bytes, sha256 }: OneFile): Promise<void> {
  const options = {
    dialect: seat.contestant.dialect,
    port: seat.running.port,
    size: bytes,
    block: path,
    start,
    id: crypto.randomUUID(),
    sha256,
    account: FIRST_ACCOUNT,
  };
  const args = ["relay", ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])];
  const { success, stderr } = await new Deno.Command(bench.native.load, { args, stdin: "null" }).output();
  if (!success) throw new Error(`The file was not relayed by ${seat.name}: ${new TextDecoder().decode(stderr)}`);
}
