/** The subcommands of `chat-server account`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";

export interface ImportOptions {
  /** Where the original's accounts are, when it is not the database itself. */
  readonly from?: string;
  readonly json: boolean;
}

/** Adds them to the program; `chosen` is called with the options of the one that the arguments name. */
export function addAccountCommand(program: CommandUnknownOpts, chosen: (options: ImportOptions) => void): void {
  const account = new Command("account").description(
    "work on accounts; on an embedded database only while no server uses it",
  );
  account.copyInheritedSettings(program).helpOption("--help", "show this and exit").helpCommand(false);
  account.command("import")
    .description("takes over the accounts of the original program, whose table it leaves as it is")
    .helpOption("--help", "show this and exit")
    .option("--from <source>", "its database (mysql://…) or an SQL dump of it (default: what --database names)")
    .option("--json", "one JSON object a line")
    .allowExcessArguments(false)
    .action(({ from, json = false }) => chosen({ json, ...(from === undefined ? {} : { from }) }));
  program.addCommand(account);
}
