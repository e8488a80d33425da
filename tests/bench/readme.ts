/** Puts a run's table and plots where people read them: between two comments of README.md, and into image/. */
import { join } from "node:path";
import { plotsOf } from "./plots.ts";
import { markdown, type Report } from "./report.ts";

const root = new URL("../../", import.meta.url).pathname;
const BEGIN = "<!-- bench: begin -->";
const END = "<!-- bench: end -->";

/** A text with what stands between the two comments replaced. */
export function between(text: string, content: string): string {
  const begin = text.indexOf(BEGIN), end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`Cannot write the table: there is no ${BEGIN} … ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${content}\n\n${text.slice(end)}`;
}

export async function writeReadme(report: Report): Promise<void> {
  const plots = plotsOf(report.measures);
  for (const { file, svg } of plots) await Deno.writeTextFile(join(root, "image", file), svg);
  const path = join(root, "README.md");
  const pictures = plots.map(({ file, alt }) => ({ path: `image/${file}`, alt }));
  await Deno.writeTextFile(path, between(await Deno.readTextFile(path), markdown(report, pictures)));
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path], cwd: root }).output();
  if (!success) throw new Error("Cannot format README.md");
}
