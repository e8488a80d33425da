/**
 * Logins: how many a second by token and by password, each on a connection of its own; and whether a storm of 1,000 people
 * with passwords is felt by those who are in the room already.
 */
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { digits, goalAtLeast, goalAtMost, medianOf, ratioOf, series } from "../figures.ts";
import { untilIdle } from "../idle.ts";
import { Load } from "../load.ts";
import { takeSeat } from "../seats.ts";
import { ratios } from "../stats.ts";

const RATE = "logins";
const STORM = 1000;
const PACE = { senders: 10, rate: 50, size: 64 } as const;

export const logins: Measure = {
  name: "logins",
  title: "Logins by token and by password",
  run: async (bench) => {
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const seat = await takeSeat(bench.ours, stack, { load: bench.native.load, members: 100, senders: PACE.senders });
    const [server = 0] = seat.running.pids;
    const visitors = async (members: number, password: boolean) => {
      const { load } = await Load.open(bench.native.load, {
        dialect: "modern",
        port: seat.running.port,
        members,
        accounts: 100,
        firstAccount: FIRST_ACCOUNT,
        concurrency: members,
        join: false,
        open: false,
        password,
      });
      return load;
    };
    const seconds = bench.quick ? 1 : 2;
    await inRounds(bench, ["token", "password"], async (how, round) => {
      const load = await visitors(16, how === "password");
      const done = await load.logins({ seconds });
      await load[Symbol.asyncDispose]();
      await untilIdle(server);
      samples.push({ case: RATE, contestant: how, round, values: { rate: done.logins / done.seconds } });
    });
    await seat.load.pace({ ...PACE, seconds: 0.5 });
    // What a storm leaves in the line takes long to be worked off.
    const rounds = Math.min(bench.rounds, 3);
    await inRounds({ ...bench, rounds }, ["calm", "storm"], async (weather, round) => {
      bench.say(`${weather}, round ${round}`);
      const chatting = { ...PACE, seconds: bench.quick ? 1.5 : 4 };
      if (weather === "calm") {
        const { latency } = await seat.load.pace(chatting);
        samples.push({ case: "p99", contestant: weather, round, values: { p99: latency.p99 / 1000 } });
        return;
      }
      const load = await visitors(bench.quick ? 200 : STORM, true);
      const storm = load.logins({ seconds: chatting.seconds, count: STORM });
      const { latency } = await seat.load.pace(chatting);
      const { logins: inTime, busy } = await storm;
      await load[Symbol.asyncDispose]();
      await untilIdle(server);
      samples.push({ case: "p99", contestant: weather, round, values: { p99: latency.p99 / 1000, inTime, busy } });
    });
    const ratio = ratioOf(samples, { case: RATE, value: "rate", above: "token", below: "password" });
    const p99 = (contestant: string) => series(samples, { case: "p99", contestant, value: "p99" });
    const median = (at: string, contestant: string, value: string) =>
      digits(medianOf(samples, { case: at, contestant, value }));
    return {
      samples,
      goals: [
        goalAtLeast("logins/s by token, against by password", 50, ratio),
        goalAtMost(
          `p99 of deliveries in a storm of ${digits(STORM)} password logins, against calm`,
          2,
          ratios(p99("storm"), p99("calm")),
        ),
      ],
      rows: [
        {
          what: "connecting and logging in by token",
          contestant: "ours",
          figure: `${median(RATE, "token", "rate")}/s`,
          ratio: "",
          cpu: "",
        },
        {
          what: "connecting and logging in by password",
          contestant: "ours",
          figure: `${median(RATE, "password", "rate")}/s`,
          ratio: "",
          cpu: "",
        },
        {
          what: "100 members, 50 messages/s",
          contestant: "ours",
          figure: `p99 ${median("p99", "calm", "p99")} ms; in the storm ${median("p99", "storm", "p99")} ms`,
          ratio: "",
          cpu: "",
        },
      ],
      notes: [],
    };
  },
};
