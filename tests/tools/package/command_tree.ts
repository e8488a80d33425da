/** A program's commands as data, read from the definitions that its `--help` is made of. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

export interface CommandInfo {
  /** From the program's name on: `["chat-server", "account", "import"]`. */
  readonly path: readonly string[];
  readonly description: string;
  /** `chat-server account import [options]`. */
  readonly usage: string;
  readonly args: readonly { readonly term: string; readonly description: string; readonly isFile: boolean }[];
  readonly options: readonly OptionInfo[];
  readonly commands: readonly CommandInfo[];
}

export interface OptionInfo {
  /** As `--help` shows it: `-o, --output <file>`. */
  readonly term: string;
  /** `["-o", "--output"]`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: OptionValue;
}

/** What follows an option. */
export type OptionValue =
  | { readonly kind: "none" | "text" | "file" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** Placeholders that stand for something in the file system. */
const FILES = /[<[](file|folder|path)[\]>]/;

export function commandTree(command: CommandUnknownOpts, above: readonly string[] = []): CommandInfo {
  const help = command.createHelp();
  const path = [...above, command.name()];
  return {
    path,
    description: command.description(),
    usage: [...above, help.commandUsage(command).slice(above.length > 0 ? above.join(" ").length + 1 : 0)].join(" "),
    args: command.registeredArguments.map((argument) => ({
      term: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      description: argument.description,
      isFile: FILES.test(`<${argument.name()}>`),
    })),
    options: help.visibleOptions(command).map((option) => ({
      term: help.optionTerm(option),
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: help.optionDescription(option),
      value: !option.required && !option.optional
        ? { kind: "none" }
        : option.argChoices
        ? { kind: "choice", choices: option.argChoices }
        : { kind: FILES.test(option.flags) ? "file" : "text" },
    })),
    commands: help.visibleCommands(command).map((below) => commandTree(below, path)),
  };
}

/** A command and all below it. */
export function allCommands(info: CommandInfo): readonly CommandInfo[] {
  return [info, ...info.commands.flatMap(allCommands)];
}
