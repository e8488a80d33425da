/** What the bench can be told. */
import { Command } from "@commander-js/extra-typings";

const natural = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${text} is not a whole number above 0`);
  return Number(text);
};

export interface BenchOptions {
  readonly quick: boolean;
  /** Measures to make; all when there are none. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly seed: number;
  readonly json: string | undefined;
  readonly readme: boolean;
}

export function readOptions(args: readonly string[], measures: readonly string[]): BenchOptions {
  const program = new Command("bench")
    .description(`Measures: ${measures.join(", ")}.`)
    .option("--quick", "two minutes in all: whether it works, no figures to be quoted", false)
    .option("--only <names>", "these measures alone, separated by commas", (text) => text.split(","), [] as string[])
    .option("--rounds <number>", "how often each is repeated (default: 5, or 1 with --quick)", natural)
    .option("--seed <number>", "repeats the order of a run", natural, Math.floor(Math.random() * 2 ** 31))
    .option("--json <file>", "writes every round, versions and seed there")
    .option("--readme", "puts the table and the plots into README.md and image/", false)
    .parse(args, { from: "user" });
  const { quick, only, rounds = quick ? 1 : 5, seed, json, readme } = program.opts();
  const unknown = only.find((name) => !measures.includes(name));
  if (unknown !== undefined) throw new Error(`There is no measure ${unknown}; there are ${measures.join(", ")}.`);
  if (readme && quick) throw new Error("A quick run's figures are not for the README: leave out --quick or --readme.");
  return { quick, only, rounds, seed, json, readme };
}
