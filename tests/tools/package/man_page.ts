/** A manual page (roff, man macros) of a program, from the definitions that its `--help` is made of. */
import { allCommands, type CommandInfo, type OptionInfo } from "./command_tree.ts";

export interface ManPage {
  /** 1 for programs of everybody's, 8 for the operator's. */
  readonly section: 1 | 8;
  readonly version: string;
  /** The day of the release, `2026-01-31`. */
  readonly date: string;
  /** What stands behind the options: each with a title, and paragraphs or pairs of a term and what it means. */
  readonly more: readonly {
    readonly title: string;
    readonly entries: readonly (string | readonly [string, string])[];
  }[];
}

export function manPage(program: CommandInfo, { section, version, date, more }: ManPage): string {
  const [name = ""] = program.path;
  const commands = allCommands(program).slice(1).filter(({ commands }) => commands.length === 0);
  const lines = [
    `.TH ${quote(name.toUpperCase())} ${section} "${date}" ${quote(`${name} ${version}`)}`,
    ".SH NAME",
    `${text(name)} \\- ${text(sentence(program.description))}`,
    ".SH SYNOPSIS",
    `.B ${text(name)}`,
    text(program.usage.slice(name.length + 1)),
    ...definitions(program.args.filter(({ description }) => description !== "")),
    ".SH OPTIONS",
    ...options(program.options),
    ...(commands.length > 0 ? [".SH COMMANDS"] : []),
    ...commands.flatMap((command) => [
      `.SS ${quote(command.usage.replace(" [options]", ""))}`,
      text(capital(command.description)) + ".",
      ...definitions(command.args.filter(({ description }) => description !== "")),
      ...options(command.options.filter(({ flags }) => !flags.includes("--help"))),
    ]),
    ...more.flatMap(({ title, entries }) => [
      `.SH ${quote(title)}`,
      ...entries.flatMap((entry) =>
        typeof entry === "string" ? [".PP", text(entry)] : definitions([{ term: entry[0], description: entry[1] }])
      ),
    ]),
  ];
  return lines.join("\n") + "\n";
}

const options = (all: readonly OptionInfo[]): string[] => definitions(all);

function definitions(all: readonly { readonly term: string; readonly description: string }[]): string[] {
  return all.flatMap(({ term, description }) => [".TP", `.B ${text(term)}`, text(description)]);
}

/** Text as roff takes it: no character is a request, and a hyphen can be copied into a shell. */
function text(plain: string): string {
  return plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/gm, "\\&");
}

const quote = (plain: string): string => `"${text(plain).replaceAll('"', "\\(dq")}"`;

const capital = (plain: string): string => plain.slice(0, 1).toUpperCase() + plain.slice(1);

/** Manual pages name their program in words that begin small and have no full stop. */
const sentence = (plain: string): string => plain.slice(0, 1).toLowerCase() + plain.slice(1).replace(/\.$/, "");
