/** The two programs by the definitions that their `--help` is made of. */
import { createProgram } from "../../../lib/client/run.ts";
import { createCommand } from "../../../lib/server/config/config.ts";
import { type OptionName, OPTIONS } from "../../../lib/server/config/options.ts";
import { type CommandInfo, commandTree } from "./command_tree.ts";

export function serverProgram(version: string): CommandInfo {
  const program = createCommand({ version, write: () => {}, chosen: () => {} });
  for (const option of program.options) {
    const spec = OPTIONS[option.attributeName() as OptionName] as { readonly choices?: readonly string[] } | undefined;
    if (!spec?.choices) continue;
    // The server says them in the option's description and checks them itself.
    option.argChoices = [...spec.choices];
  }
  const info = commandTree(program);
  return { ...info, options: info.options.map((option) => ({ ...option, description: plain(option.description) })) };
}

export function clientProgram(version: string): CommandInfo {
  const environment = { get: () => undefined, readFile: () => undefined, folders: [] };
  return commandTree(createProgram({ environment, version, exit: () => {} }));
}

/** Without the choices, which stand in the words before. */
const plain = (description: string): string => description.replace(/choices: [^)]*"(, (?=env)|(?=\)))/, "");
