/**
 * What shells complete, from the definitions that `--help` is made of.
 *
 * Each script holds everything it offers: a program that is some 90 MB long is not started at every press of a key. A word
 * is completed by the command that stands before it; what follows an option is one of its choices, or a file, or nothing.
 */
import { allCommands, type CommandInfo, type OptionInfo } from "./command_tree.ts";

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const functionOf = ({ path: [name = ""] }: CommandInfo): string => `_${name.replaceAll("-", "_")}`;
const offers = ({ commands, options }: CommandInfo): { readonly word: string; readonly description: string }[] => [
  ...commands.map(({ path, description }) => ({ word: path.at(-1) ?? "", description })),
  ...options.flatMap(({ flags, description }) => flags.map((word) => ({ word, description }))),
];
const takesFiles = ({ args }: CommandInfo): boolean => args.some(({ isFile }) => isFile);
const withValue = (command: CommandInfo): OptionInfo[] => command.options.filter(({ value }) => value.kind !== "none");
/** The commands below the program, as patterns of a shell's `case`. */
const below = (program: CommandInfo): string =>
  allCommands(program).slice(1).map(({ path }) => quote(path.join(" "))).join("|");

export function bashCompletion(program: CommandInfo): string {
  const cases = allCommands(program);
  return [
    `# bash completion for ${program.path[0]}`,
    `${functionOf(program)}() {`,
    "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=" + quote(program.path[0] ?? "") +
    " i",
    ...(cases.length > 1
      ? [
        "  for ((i = 1; i < COMP_CWORD; i++)); do",
        `    case "$path \${COMP_WORDS[i]}" in ${below(program)}) path="$path \${COMP_WORDS[i]}" ;; esac`,
        "  done",
      ]
      : []),
    '  case "$path $prev" in',
    ...cases.flatMap((command) =>
      withValue(command).map(({ flags, value }) => {
        const patterns = flags.map((flag) => quote(`${command.path.join(" ")} ${flag}`)).join("|");
        const reply = value.kind === "choice"
          ? `COMPREPLY=($(compgen -W ${quote(value.choices.join(" "))} -- "$cur"))`
          : value.kind === "file"
          ? 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur")'
          : "COMPREPLY=()";
        return `    ${patterns}) ${reply}; return ;;`;
      })
    ),
    "  esac",
    '  case "$path" in',
    ...cases.map((command) => {
      const words = quote(offers(command).map(({ word }) => word).join(" "));
      const files = takesFiles(command)
        ? ' [[ $cur == -* ]] || { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); }'
        : "";
      return `    ${quote(command.path.join(" "))}) COMPREPLY=($(compgen -W ${words} -- "$cur"));${files} ;;`;
    }),
    "  esac",
    "}",
    `complete -F ${functionOf(program)} ${program.path[0]}`,
    "",
  ].join("\n");
}

export function zshCompletion(program: CommandInfo): string {
  const cases = allCommands(program);
  return [
    `#compdef ${program.path[0]}`,
    `${functionOf(program)}() {`,
    `  local at=${quote(program.path[0] ?? "")} word`,
    "  local -a offers",
    ...(cases.length > 1
      ? [
        "  for word in ${words[2,CURRENT-1]}; do",
        `    case "$at $word" in ${below(program)}) at="$at $word" ;; esac`,
        "  done",
      ]
      : []),
    '  case "$at ${words[CURRENT-1]}" in',
    ...cases.flatMap((command) =>
      withValue(command).map(({ flags, value }) => {
        const patterns = flags.map((flag) => quote(`${command.path.join(" ")} ${flag}`)).join("|");
        const reply = value.kind === "choice"
          ? `compadd -- ${value.choices.map(quote).join(" ")}`
          : value.kind === "file"
          ? "_files"
          : "_message value";
        return `    ${patterns}) ${reply}; return ;;`;
      })
    ),
    "  esac",
    '  case "$at" in',
    ...cases.map((command) => {
      const list = offers(command).map(({ word, description }) =>
        quote(`${word.replaceAll(":", "\\:")}:${description}`)
      );
      const files = takesFiles(command) ? " _files;" : "";
      return `    ${quote(command.path.join(" "))}) offers=(${list.join(" ")});${files} ;;`;
    }),
    "  esac",
    "  _describe -V option offers",
    "}",
    `${functionOf(program)} "$@"`,
    "",
  ].join("\n");
}

export function fishCompletion(program: CommandInfo): string {
  const [name = ""] = program.path;
  const lines = [`# fish completion for ${name}`, `complete -c ${name} -f`];
  for (const command of allCommands(program)) {
    const seen = command.path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
    const next = command.commands.map(({ path }) => path.at(-1));
    if (next.length > 0) seen.push(`not __fish_seen_subcommand_from ${next.join(" ")}`);
    const when = seen.length > 0 ? ` -n ${quote(seen.join("; and "))}` : "";
    for (const { path, description } of command.commands) {
      lines.push(`complete -c ${name}${when} -a ${quote(path.at(-1) ?? "")} -d ${quote(description)}`);
    }
    for (const { flags, description, value } of command.options) {
      const names = flags.map((flag) => flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`).join(
        " ",
      );
      const what = value.kind === "none"
        ? ""
        : value.kind === "choice"
        ? ` -x -a ${quote(value.choices.join(" "))}`
        : value.kind === "file"
        ? " -r -F"
        : " -x";
      lines.push(`complete -c ${name}${when} ${names}${what} -d ${quote(description)}`);
    }
    if (takesFiles(command)) lines.push(`complete -c ${name}${when} -F`);
  }
  return lines.join("\n") + "\n";
}
