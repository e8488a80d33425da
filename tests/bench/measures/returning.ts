/**
 * Coming back after a restart: 1,000 members are told goodbye (SIGTERM), the server starts again on the same data, and all come
 * back at once by their tokens, joining from the last number that they have. From "listening" until the last of them is in.
 */
import type { Measure, Sample } from "../bench_context.ts";
import { FIRST_ACCOUNT } from "../contestants/accounts.ts";
import { digits, goalAtMost, medianOf } from "../figures.ts";
import { Load } from "../load.ts";
import { summarize } from "../stats.ts";

export const returning: Measure = {
  name: "return",
  title: "Everybody's return after a restart",
  run: async (bench) => {
    const members = bench.quick ? 200 : 1000;
    const what = `${digits(members)} members`;
    const samples: Sample[] = [];
    await using stack = new AsyncDisposableStack();
    const running = stack.use(await bench.ours.start({ accounts: members }));
    const { load } = await Load.open(bench.native.load, {
      dialect: "modern",
      port: running.port,
      members,
      accounts: members,
      firstAccount: FIRST_ACCOUNT,
    });
    stack.use(load);
    await load.flow({ senders: 1, window: 16, size: 64, seconds: 0.3 });
    for (let round = 1; round <= bench.rounds; round++) {
      bench.say(`${what}, round ${round}`);
      const { port, listeningAt, startedAt } = await running.restart();
      const { readyAt, retries } = await load.rejoin(port);
      const { load: late, opened } = await Load.open(bench.native.load, {
        dialect: "modern",
        port,
        members: 1,
        firstAccount: FIRST_ACCOUNT,
        join: false,
        password: true,
      });
      await late[Symbol.asyncDispose]();
      const back = (readyAt - listeningAt) / 1000;
      samples.push({
        case: what,
        contestant: "ours",
        round,
        values: {
          back,
          start: (listeningAt - startedAt) / 1000,
          retries,
          password: opened.readySeconds,
          ratio: back / opened.readySeconds,
        },
      });
      // Whoever came back is served as before.
      await load.flow({ senders: 1, window: 16, size: 64, seconds: 0.2 });
    }
    const of = (value: string) => samples.map((sample) => sample.values[value] ?? NaN);
    const median = (value: string) => digits(medianOf(samples, { case: what, contestant: "ours", value }));
    return {
      samples,
      goals: [goalAtMost(`all ${what} back in the room after a restart`, 2, summarize(of("back")), " s")],
      rows: [{
        what: `${what} back after a restart`,
        contestant: "ours",
        figure: `${median("back")} s from "listening"; the start took ${median("start")} s`,
        ratio: `${median("ratio")} × one cold password login (${median("password")} s)`,
        cpu: "",
      }],
      notes: [],
    };
  },
};
