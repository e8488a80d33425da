// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task chaos [--minutes N | --posts N] [--kills N] [--seed S] [--mariadb] [--full-disk] [--json FILE]`: the server under fire.
 *
 * Real clients post, read and send files, some of them through a network that cuts, delays and breaks connections, while the server
 * (and MariaDB) is killed with SIGKILL at random moments and started again, and the disk may be full. In the end everybody comes to rest, and what everybody
 * was told is held against the history: 0 acknowledged posts lost, 0 doubled, 0 out of order, 0 gaps, every file the same.
 * Exit code 0 only then. The seed decides what is done; when it is done depends on the machine.
 */
import { Command } from "@commander-js/extra-typings";
import { runChaos } from "./run.ts";

const natural = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
};

const program = new Command("chaos")
  .option("--posts <number>", "acknowledged posts to reach", natural, 20_000)
  .option("--minutes <number>", "go on at least so long", natural, 0)
  .option("--kills <number>", "times that the server is killed meanwhile", natural, 10)
  .option("--seed <number>", "repeat a run", natural, Math.floor(Math.random() * 2 ** 31))
  .option("--mariadb", "on a MariaDB, which is killed as well")
  .option("--full-disk", "with the data on a small disk that is full now and then (needs root)")
  .option("--json <file>", "write the report there, too")
  .parse(Deno.args, { from: "user" });

const report = await runChaos({
  ...program.opts(),
  mariadb: program.opts().mariadb ?? false,
  fullDisk: program.opts().fullDisk ?? false,
  say: console.log,
});
const { violations, ...figures } = report;
console.log(JSON.stringify(figures, null, 2));
for (const violation of violations) console.log(`VIOLATION: ${violation}`);
const { json } = program.opts();
if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify(report, null, 2) + "\n");
console.log(
  violations.length === 0 ? "Nothing was lost, doubled, or out of order." : `Repeat it with --seed ${report.seed}`,
);
Deno.exit(violations.length === 0 ? 0 : 1);
