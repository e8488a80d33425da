/**
 * One slow reader harms nobody: 100 members at full flow, with and without two more who hardly read, one of them a process
 * that is stopped (SIGSTOP), the other one reading 1 KiB a second. Afterwards both read on, and must have missed nothing.
 *
 * The room's memory is small here (`--ring 1M`), so that both fall behind it and have to be served from the store.
 */
import type { Bench, Measure, Sample } from "../bench_context.ts";
import { inRounds } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { digits, goalAtMost, medianOf, ratioOf, withSpread } from "../figures.ts";
import { Load, type Phase } from "../load.ts";
import { figuresOf, type Seat, takeSeat } from "../seats.ts";

const MEMBERS = 100;
const FLOW = { senders: 4, window: 16, size: 4096 } as const;
const CALM = "100 members alone";
const SLOWED = "100 members, and two who hardly read";
/** Little memory of the system's for what they have not read. */
const RECEIVE_BUFFER = 4096;

export const slowReaders: Measure = {
  name: "slow-readers",
  title: "What slow readers cost the others",
  run: async (bench) => {
    const samples: Sample[] = [];
    let behind = 0;
    await using stack = new AsyncDisposableStack();
    const options = { load: bench.native.load, members: MEMBERS, senders: FLOW.senders, args: ["--ring=1M"] };
    const seat = await takeSeat(bench.ours, stack, options);
    const seconds = bench.quick ? 1 : 3;
    await seat.load.flow({ ...FLOW, seconds: 0.5 });
    await inRounds(bench, [CALM, SLOWED], async (what, round) => {
      bench.say(`${what}, round ${round}`);
      const flow = () => seat.load.flow({ ...FLOW, seconds });
      let phase: Phase;
      if (what === CALM) phase = await flow();
      else {
        const slowed = await withSlowReaders(bench, seat, flow);
        phase = slowed.phase;
        behind += slowed.behind;
      }
      samples.push({ case: what, contestant: "ours", round, values: figuresOf(phase) });
    });
    const ratio = (value: string) => {
      const calm = samples.filter((sample) => sample.case === CALM).map((sample) => ({ ...sample, contestant: CALM }));
      const slowed = samples.filter((sample) => sample.case === SLOWED).map((sample) => ({
        ...sample,
        contestant: SLOWED,
      }));
      const both = [...calm, ...slowed].map((sample) => ({ ...sample, case: "both" }));
      return ratioOf(both, { case: "both", value, above: SLOWED, below: CALM });
    };
    const rows = [CALM, SLOWED].map((what) => {
      const median = (value: string) => digits(medianOf(samples, { case: what, contestant: "ours", value }));
      return {
        what,
        contestant: "ours",
        figure: `p50 ${median("p50")}, p99 ${median("p99")} ms; ${median("rate")} deliveries/s`,
        ratio: what === CALM ? "1" : withSpread(ratio("p99")),
        cpu: `${median("cpu")} µs`,
      };
    });
    return {
      samples,
      rows,
      goals: [goalAtMost("p99 of the others' deliveries with two slow readers, against without", 1.5, ratio("p99"))],
      notes: [`The slow ones fell behind the room's memory ${behind} times, and had everything in the end.`],
    };
  },
};

async function withSlowReaders(bench: Bench, seat: Seat, flow: () => Promise<Phase>) {
  await using stack = new AsyncDisposableStack();
  const reader = async (readRate?: number) => {
    const { load } = await Load.open(bench.native.load, {
      dialect: "modern",
      port: seat.running.port,
      members: 1,
      firstAccount: FIRST_ACCOUNT,
      senders: FLOW.senders,
      late: true,
      receiveBuffer: RECEIVE_BUFFER,
      ...(readRate === undefined ? {} : { readRate }),
    });
    return stack.use(load);
  };
  const stopped = await reader();
  const crawling = await reader(1024);
  stopped.kill("SIGSTOP");
  const phase = await flow();
  stopped.kill("SIGCONT");
  await crawling.full();
  const read = await Promise.all([stopped, crawling].map((load) => load.drain({ senders: FLOW.senders, phases: 1 })));
  return { phase, behind: read.reduce((sum, { behind }) => sum + behind, 0) };
}
