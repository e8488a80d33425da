/** How long a delivery takes when nobody is in a hurry: a fixed rate, the same for everybody, far from what they can do. */
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { digits, goalAtMost, medianOf, ratioOf, withSpread } from "../figures.ts";
import { figuresOf, takeSeat } from "../seats.ts";
import { pairs } from "./throughput.ts";

const SENDERS = 10;
/** Messages a second for so many receivers. */
const RATES: ReadonlyMap<number, number> = new Map([[100, 50], [1000, 10]]);

const nameOf = (receivers: number) => `${digits(receivers)} receivers, ${RATES.get(receivers)} messages/s`;

export const latency: Measure = {
  name: "latency",
  title: "Delivery latency at a fixed modest rate",
  run: async (bench) => {
    const samples: Sample[] = [];
    const sizes = bench.quick ? [100] : [100, 1000];
    for (const receivers of sizes) {
      await using stack = new AsyncDisposableStack();
      const seats = [];
      // They log in by password, which takes a thousand of them minutes.
      const old = receivers === 100 ? [bench.oursWithOldClients] : [];
      for (const contestant of [bench.reference, bench.ours, ...old, ...bench.ircServers]) {
        const options = { load: bench.native.load, members: receivers, senders: SENDERS };
        seats.push(await takeSeat(contestant, stack, options));
      }
      bench.say(nameOf(receivers));
      const rate = RATES.get(receivers) ?? NaN;
      for (const { load } of seats) await load.pace({ senders: SENDERS, rate, size: 64, seconds: 0.5 });
      await inRounds(bench, seats, async ({ name, load }, round) => {
        const phase = await load.pace({ senders: SENDERS, rate, size: 64, seconds: bench.quick ? 1 : 2.5 });
        samples.push({ case: nameOf(receivers), contestant: name, round, values: figuresOf(phase) });
      });
    }
    const goals = sizes.flatMap((receivers) => {
      const ratio = (below: string) =>
        ratioOf(samples, { case: nameOf(receivers), value: "p99", above: "ours", below });
      return [
        goalAtMost(`p99 of deliveries, ${nameOf(receivers)}, against the reference`, 1.5, ratio("reference")),
        ...bench.ircServers.map(({ name }) =>
          goalAtMost(`p99 of deliveries, ${nameOf(receivers)}, against ${name}`, 1, ratio(name))
        ),
      ];
    });
    const rows = pairs(samples).map(([what, contestant]) => {
      const median = (value: string) => digits(medianOf(samples, { case: what, contestant, value }));
      const ratio = ratioOf(samples, { case: what, value: "p99", above: contestant, below: "reference" });
      return {
        what,
        contestant,
        figure: `p50 ${median("p50")}, p99 ${median("p99")}, p99.9 ${median("p999")} ms`,
        ratio: contestant === "reference" ? "1" : withSpread(ratio),
        cpu: `${median("cpu")} µs (generator ${median("generatorCpu")} µs)`,
      };
    });
    return { samples, goals, rows, notes: [] };
  },
};
