/** A run as text: for the console, and as the Markdown of two pages. */
import { table } from "../tools/marked.ts";
import type { Goal, Measure, Outcome, Row } from "./bench_context.ts";
import type { Machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";

export interface Report {
  readonly at: string;
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly missing: readonly string[];
  readonly measures: readonly (Outcome & { readonly name: string; readonly title: string; readonly seconds: number })[];
}

export const verdict = ({ met }: Goal): string => met === undefined ? "not measured" : met ? "met" : "NOT met";

export function consoleLines(measure: Pick<Measure, "title">, outcome: Outcome): string[] {
  const lines = [
    `\n## ${measure.title}\n`,
    ...table(["at", "who", "figure", "ratio (spread)", "CPU per delivery"], outcome.rows.map(cells)),
  ];
  for (const goal of outcome.goals) {
    lines.push(`${verdict(goal).padEnd(8)} ${goal.what}: ${goal.measured}, wanted ${goal.wanted}`);
  }
  return [...lines, ...outcome.notes];
}

/** The summary in the project's README: the goals and the plots. */
export function summary(report: Report, plots: readonly { readonly path: string; readonly alt: string }[]): string {
  const goals = report.measures.flatMap((measure) => measure.goals);
  const met = goals.filter((goal) => goal.met).length;
  return [
    `${met} of ${goals.length} goals met. ${conditions(report)}`,
    "",
    ...plots.map(({ path, alt }) => `![${alt}](${path})`),
    "",
    ...table(
      ["goal", "wanted", "measured", ""],
      goals.map((goal) => [goal.what, goal.wanted, goal.measured, verdict(goal)]),
    ),
  ].join("\n");
}

/** Everything that was measured, for a page of its own. */
export function figures(report: Report): string {
  return [
    conditions(report),
    "",
    ...report.measures.flatMap(({ title, rows, notes }) => [
      `## ${title}`,
      "",
      ...table(["at", "who", "figure", "ratio (spread)", "CPU per delivery"], rows.map(cells)),
      "",
      ...notes.flatMap((note) => [note, ""]),
    ]),
    ...(report.missing.length > 0 ? [`Not measured: ${report.missing.join("; ")}.`] : []),
  ].join("\n").trimEnd();
}

function conditions({ at, machine, options }: Report): string {
  return `Medians of ${options.rounds} interleaved rounds, lowest and highest in brackets; ratios are taken round by round. ` +
    `${
      at.slice(0, 10)
    }, ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, ${machine.system}; ` +
    `Deno ${machine.versions["deno"]}; seed ${options.seed}.`;
}

const cells = ({ what, contestant, figure, ratio, cpu }: Row) => [what, contestant, figure, ratio, cpu];
