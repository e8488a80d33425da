/** A run as text: for the console, and as the Markdown of the README. */
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

/** What stands between the markers of the README. */
export function markdown(report: Report, plots: readonly { readonly path: string; readonly alt: string }[]): string {
  const { machine, options, at, missing } = report;
  const goals = report.measures.flatMap((measure) => measure.goals);
  const met = goals.filter((goal) => goal.met).length;
  const lines = [
    `${met} of ${goals.length} goals met. Medians of ${options.rounds} interleaved rounds, lowest and highest in brackets; ` +
    `ratios are taken round by round.`,
    "",
    `${
      at.slice(0, 10)
    }, ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, ${machine.system}; ` +
    `Deno ${machine.versions["deno"]}; seed ${options.seed}.`,
    "",
    ...plots.map(({ path, alt }) => `![${alt}](${path})`),
    "",
    ...table(
      ["goal", "wanted", "measured", ""],
      goals.map((goal) => [goal.what, goal.wanted, goal.measured, verdict(goal)]),
    ),
    "",
    "<details><summary>All figures</summary>",
    "",
    ...report.measures.flatMap(({ title, rows, notes }) => [
      `**${title}**`,
      "",
      ...table(["at", "who", "figure", "ratio (spread)", "CPU per delivery"], rows.map(cells)),
      "",
      ...notes.flatMap((note) => [note, ""]),
    ]),
    "</details>",
    "",
    ...(missing.length > 0 ? [`Not measured: ${missing.join("; ")}.`] : []),
  ];
  return lines.join("\n");
}

const cells = ({ what, contestant, figure, ratio, cpu }: Row) => [what, contestant, figure, ratio, cpu];

/** A Markdown table whose columns line up; columns in which nothing stands are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const kept = head.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const all = [head, ...rows].map((row) => kept.map((column) => (row[column] ?? "").replaceAll("|", "\\|")));
  const widths = kept.map((_, column) => Math.max(3, ...all.map((row) => [...(row[column] ?? "")].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = all;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)];
}
