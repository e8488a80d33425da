/** A burst: 2,000 connections at the same moment. All must be greeted; what overflows the listen backlog asks again after a second. */
import { inRounds, type Measure, type Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { digits, goalAtMost, medianOf } from "../figures.ts";
import { Load } from "../load.ts";
import { MAX_ACCOUNTS } from "../seats.ts";
import { summarize } from "../stats.ts";

export const burst: Measure = {
  name: "burst",
  title: "Connections in a burst",
  run: async (bench) => {
    const members = bench.quick ? 500 : 2000;
    const what = `${digits(members)} connects at once`;
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const contestants = [];
    for (const contestant of [bench.ours, bench.reference]) {
      contestants.push({ contestant, running: stack.use(await contestant.start({ accounts: MAX_ACCOUNTS })) });
    }
    await inRounds(bench, contestants, async ({ contestant, running }, round) => {
      const { load, opened } = await Load.open(bench.native.load, {
        dialect: contestant.dialect,
        port: running.port,
        members,
        accounts: MAX_ACCOUNTS,
        firstAccount: FIRST_ACCOUNT,
        concurrency: members,
        join: false,
      });
      await load[Symbol.asyncDispose]();
      const { greetedSeconds, readySeconds, retries } = opened;
      const values = { greeted: greetedSeconds, loggedIn: readySeconds, retries };
      samples.push({ case: what, contestant: contestant.name, round, values });
    });
    const greeted = samples.filter(({ contestant }) => contestant === "ours").map(({ values }) =>
      values["greeted"] ?? NaN
    );
    return {
      samples,
      goals: [goalAtMost(`${what}, all greeted`, 2, summarize(greeted), " s")],
      rows: [bench.ours, bench.reference].map(({ name: contestant }) => {
        const median = (value: string) => digits(medianOf(samples, { case: what, contestant, value }));
        const figure = `all greeted after ${median("greeted")} s, logged in after ${median("loggedIn")} s`;
        return { what, contestant, figure, ratio: "", cpu: "" };
      }),
      notes: [],
    };
  },
};
