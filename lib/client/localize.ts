/** Has a program's help and its complaints about wrong usage in somebody's language. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Say } from "./sentences.ts";

export function localize(program: CommandUnknownOpts, say: Say): void {
  program.description(say(program.description()));
  const help = program.createHelp();
  for (const option of help.visibleOptions(program)) option.description = say(option.description);
  for (const argument of program.registeredArguments) argument.description = say(argument.description);
  const lines = (text: string) => text.replace(/[^\n]+/g, (line) => line.replace(line.trim(), say(line.trim())));
  program
    .configureHelp({ styleTitle: say })
    .configureOutput({ outputError: (text, write) => write(lines(text)) });
  for (const command of program.commands) localize(command, say);
}
