/**
 * How many deliveries a second, with senders that always have so many messages in flight: everybody works as hard as they
 * can. Ten senders (or all members, where there are fewer), or two hundred.
 */
import {
  type Bench,
  type Goal,
  inRounds,
  type Measure,
  type Outcome,
  type Row,
  type Sample,
} from "../bench_context.ts";
import type { Contestant } from "../contestants/contestant.ts";
import { digits, goalAtLeast, goalAtMost, medianOf, ratioOf, withSpread } from "../figures.ts";
import { figuresOf, takeSeat } from "../seats.ts";

export interface Case {
  readonly receivers: number;
  readonly senders: number;
  readonly size: number;
  /** Messages in flight for each sender. */
  readonly window: number;
}

export const nameOf = ({ receivers, senders, size, window }: Case): string =>
  `${digits(receivers)} receivers, ${size === 1024 ? "1 KiB" : `${size} B`}, ${senders} × ${window} in flight`;

export const RECEIVERS: readonly number[] = [10, 100, 1000, 5000];
const SENDERS = 10;
export const flowCase = (receivers: number, size: number, window: number): Case => ({
  receivers,
  senders: SENDERS,
  size,
  window,
});
const talkers = (receivers: number): Case => ({ receivers, senders: 200, size: 64, window: 16 });

function casesFor(receivers: number): Case[] {
  const four = [flowCase(receivers, 64, 16), flowCase(receivers, 1024, 16), flowCase(receivers, 64, 256)];
  return receivers === 1000 ? [...four, talkers(receivers)] : four;
}

export const throughput: Measure = {
  name: "throughput",
  title: "Deliveries a second, saturated",
  run: async (bench) => {
    const samples: Sample[] = [];
    for (const receivers of bench.quick ? [10, 100] : RECEIVERS) {
      await measure(bench, { receivers, samples });
    }
    return outcome(samples, bench);
  },
};

async function measure(
  bench: Bench,
  { receivers, samples }: { readonly receivers: number; readonly samples: Sample[] },
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const cases = bench.quick ? [flowCase(receivers, 64, 16)] : casesFor(receivers);
  const senders = Math.max(...cases.map((one) => one.senders));
  const seats = [];
  for (const contestant of participants(bench, receivers)) {
    seats.push(await takeSeat(contestant, stack, { load: bench.native.load, members: receivers, senders }));
  }
  const seconds = bench.quick ? 0.4 : receivers > 1000 ? 1.2 : 0.8;
  for (const { load } of seats) await load.flow({ senders: SENDERS, window: 16, size: 64, seconds: 0.3 });
  for (const one of cases) {
    bench.say(nameOf(one));
    const able = seats.filter(({ contestant }) => one.size <= contestant.longest);
    await inRounds(bench, able, async ({ name, load }, round) => {
      const phase = await load.flow({ senders: one.senders, window: one.window, size: one.size, seconds });
      samples.push({ case: nameOf(one), contestant: name, round, values: figuresOf(phase) });
    });
  }
}

/** Where nothing is asked of them the others do not take part: letting thousands in takes them longer than the bench. */
function participants(bench: Bench, receivers: number): Contestant[] {
  const others = receivers <= 1000 ? bench.ircServers : [];
  const database = bench.oursOnMariaDb && receivers === 100 ? [bench.oursOnMariaDb] : [];
  const tls = bench.oursOverTls && (receivers === 100 || receivers === 1000) ? [bench.oursOverTls] : [];
  return [bench.reference, bench.ours, ...tls, ...database, ...others];
}

function outcome(samples: readonly Sample[], { ircServers }: Bench): Outcome {
  const goals: Goal[] = [];
  const rows: Row[] = [];
  const ratio = (one: Case, value: string, below: string, above = "ours") =>
    ratioOf(samples, { case: nameOf(one), value, above, below });
  for (const receivers of [100, 1000]) {
    const one = flowCase(receivers, 64, 16);
    goals.push(
      goalAtLeast(`deliveries/s, ${nameOf(one)}, against the reference`, 0.9, ratio(one, "rate", "reference")),
    );
    goals.push(
      goalAtMost(`CPU per delivery, ${nameOf(one)}, against the reference`, 1.55, ratio(one, "cpu", "reference")),
    );
  }
  const least: Readonly<Record<string, number>> = { ngircd: 2.3, InspIRCd: 3.5 };
  for (const { name } of ircServers) {
    goals.push(
      goalAtLeast(
        `deliveries/s, ${nameOf(flowCase(1000, 64, 16))}, against ${name}`,
        least[name] ?? NaN,
        ratio(flowCase(1000, 64, 16), "rate", name),
      ),
      goalAtLeast(
        `deliveries/s, ${nameOf(flowCase(1000, 64, 256))}, against ${name}`,
        10,
        ratio(flowCase(1000, 64, 256), "rate", name),
      ),
    );
  }
  goals.push(
    goalAtLeast(
      `deliveries/s, ${nameOf(talkers(1000))}, against the reference`,
      0.6,
      ratio(talkers(1000), "rate", "reference"),
    ),
  );
  goals.push(...growth(samples));
  for (const [what, contestant] of pairs(samples)) {
    const median = (value: string) => medianOf(samples, { case: what, contestant, value });
    const against = ratioOf(samples, { case: what, value: "rate", above: contestant, below: "reference" });
    rows.push({
      what,
      contestant,
      figure: `${digits(median("rate"))}/s`,
      ratio: contestant === "reference" ? "1" : withSpread(against),
      cpu: `${digits(median("cpu"))} µs (generator ${digits(median("generatorCpu"))} µs)`,
    });
  }
  return { samples, goals: goals.filter((goal) => goal.met !== undefined), rows, notes: [] };
}

/** From each number of receivers to the next larger one a delivery must not cost more, give or take a tenth. */
function growth(samples: readonly Sample[]): Goal[] {
  const cpu = (receivers: number) =>
    medianOf(samples, { case: nameOf(flowCase(receivers, 64, 16)), contestant: "ours", value: "cpu" });
  const steps = RECEIVERS.slice(1).map((receivers, index) => cpu(receivers) / cpu(RECEIVERS[index] ?? NaN));
  if (!steps.every(Number.isFinite)) return [];
  return [{
    what: `growth: CPU per delivery at each step, ${RECEIVERS.map(digits).join(", ")} receivers`,
    wanted: "≤ 1.1 ×",
    measured: steps.map((step) => `${digits(step)} ×`).join(", "),
    met: steps.every((step) => step <= 1.1),
  }];
}

/** Each case with each contestant that took part in it, in the order of their first sample's case. */
export function pairs(samples: readonly Sample[]): [string, string][] {
  const order = ["ours", "ours over TLS", "ours, old clients", "ours on MariaDB", "reference", "ngircd", "InspIRCd"];
  const cases = [...new Set(samples.map((sample) => sample.case))];
  return cases.flatMap((what) => {
    const names = new Set(samples.filter((sample) => sample.case === what).map((sample) => sample.contestant));
    return [...names].toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).map((
      name,
    ): [string, string] => [what, name]);
  });
}
