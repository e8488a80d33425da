/**
 * Puts a run where people read it: the goals into README.md, every figure into README.md of this folder, each between two
 * comments, and the plots into image/.
 */
import { join } from "node:path";
import { between } from "../tools/marked.ts";
import { plotsOf } from "./plots.ts";
import { figures, type Report, summary } from "./report.ts";

const root = new URL("../../", import.meta.url).pathname;

export async function writeReadme(report: Report): Promise<void> {
  const plots = plotsOf(report.measures);
  for (const { file, svg } of plots) {
    await Deno.writeTextFile(join(root, "image", file), svg);
    await format(join(root, "image", file));
  }
  const pictures = plots.map(({ file, alt }) => ({ path: `image/${file}`, alt }));
  await write("README.md", { name: "bench", content: summary(report, pictures) });
  await write("tests/bench/README.md", { name: "figures", content: figures(report) });
}

async function write(page: string, part: { readonly name: string; readonly content: string }): Promise<void> {
  const path = join(root, page);
  await Deno.writeTextFile(path, between(await Deno.readTextFile(path), part));
  await format(path);
}

async function format(path: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path], cwd: root }).output();
  if (!success) throw new Error(`Cannot format ${path}`);
}
