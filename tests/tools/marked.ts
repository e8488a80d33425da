/** Texts of which a part is generated: it stands between two comments that bear its name, `<!-- bench: begin -->` and `… end`. */

/** A text with the named part replaced. Throws where the text has no such part. */
export function between(text: string, { name, content }: { readonly name: string; readonly content: string }): string {
  const [first, last] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const begin = text.indexOf(first), end = text.indexOf(last);
  if (begin < 0 || end < begin) throw new Error(`Cannot write the part "${name}": there is no ${first} … ${last}`);
  return `${text.slice(0, begin + first.length)}\n\n${content}\n\n${text.slice(end)}`;
}

/** A Markdown table whose columns line up; columns in which nothing stands are left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const kept = head.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const all = [head, ...rows].map((row) => kept.map((column) => (row[column] ?? "").replaceAll("|", "\\|")));
  const widths = kept.map((_, column) => Math.max(3, ...all.map((row) => [...(row[column] ?? "")].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = all;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)];
}
