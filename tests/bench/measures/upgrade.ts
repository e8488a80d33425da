/**
 * An upgrade under flow: 1,000 in the room, and a new server takes over from the running one; beside it a plain restart, where the
 * new one is started when the old one has ended. For how long they were away, and whether a post that was acknowledged is lost or
 * there twice.
 *
 * Fifty are real clients, some of whom post steadily, who come back when they were told to. The others come all at once, as soon
 * as the new server serves, which is worse for it than clients are.
 */
import { upgrade as runUpgrade, type UpgradeOptions, type UpgradeReport } from "../../chaos/upgrade.ts";
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { Load } from "../load.ts";
import { digits, goalAtMost, ratioOf, series, withSpread } from "../figures.ts";
import { summarize } from "../stats.ts";

const WAYS = ["take-over", "restart"] as const satisfies readonly UpgradeOptions["way"][];
const FLOW = { clients: 50, senders: 5, rate: 2 } as const;

export const upgrade: Measure = {
  name: "upgrade",
  title: "An upgrade while people talk",
  run: async (bench) => {
    const people = bench.quick ? 200 : 1000;
    const members = people - FLOW.clients;
    const open = async (port: number, firstAccount: number) => {
      const options = { dialect: "modern", port, members, accounts: members, firstAccount, senders: 0 } as const;
      return (await Load.open(bench.native.load, options)).load;
    };
    const what = `${digits(people)} clients, ${FLOW.senders * FLOW.rate} posts/s`;
    const samples: Sample[] = [];
    await inRounds(bench, WAYS, async (way, round) => {
      bench.say(`${what}, ${way}, round ${round}`);
      const report = await runUpgrade({
        command: bench.serverCommand,
        ...FLOW,
        rounds: 1,
        way,
        audience: { members, open },
      });
      for (const violation of report.violations) bench.say(violation);
      samples.push({ case: what, contestant: way, round, values: valuesOf(report) });
    });
    const spread = (way: string, value: string) =>
      summarize([...series(samples, { case: what, contestant: way, value }).values()]);
    const wrong = samples.map(({ values }) => values.wrong ?? NaN);
    return {
      samples,
      goals: [
        goalAtMost(
          `the last of ${digits(people)} clients back after a take-over`,
          2,
          summarize([...series(samples, { case: what, contestant: "take-over", value: "max" }).values()]
            .map((ms) => ms / 1000)),
          " s",
        ),
        goalAtMost(
          "acknowledged posts lost or doubled",
          0,
          summarize([wrong.reduce((sum, count) => sum + count, 0)]),
          "",
        ),
      ],
      rows: WAYS.map((way) => ({
        what: `${what}, ${way}`,
        contestant: "ours",
        figure: `away p50 ${digits(spread(way, "p50").median)}, p99 ${digits(spread(way, "p99").median)}, ` +
          `max ${digits(spread(way, "slowest").median)} ms; everybody back after ${withSpread(spread(way, "max"))} ms`,
        ratio: way === "restart"
          ? "1"
          : withSpread(ratioOf(samples, { case: what, value: "max", above: way, below: "restart" })),
        cpu: "",
      })),
      notes: [
        `${
          samples.reduce((sum, { values }) => sum + (values.acknowledged ?? 0), 0)
        } posts were acknowledged meanwhile.`,
      ],
    };
  },
};

function valuesOf(
  { away: [away = []], audienceAway: [last = NaN], acknowledged, violations }: UpgradeReport,
): Sample["values"] {
  const at = (share: number) => away[Math.ceil(share * away.length) - 1] ?? NaN;
  return {
    p50: at(0.5),
    p99: at(0.99),
    max: Math.max(at(1), last),
    slowest: at(1),
    last,
    acknowledged,
    wrong: violations.length,
  };
}
