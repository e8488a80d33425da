/** The subcommands of `chat-server account`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { importAccounts } from "./account_import.ts";
import type { Config } from "./options.ts";
import type { Printer, Task } from "./task.ts";

interface ImportOptions {
  /** Where the original's accounts are, when it is not the database itself. */
  readonly from?: string;
  readonly json: boolean;
}

export function addAccountCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
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
    .action(({ from, json = false }) =>
      chosen((config, printer) => runImport({ json, ...(from === undefined ? {} : { from }) }, { config, printer }))
    );
  program.addCommand(account);
}

/** The original's accounts are in the database that ours go to, unless another place is named. */
function runImport(
  { from = "", json }: ImportOptions,
  { config: { database }, printer }: { readonly config: Config; readonly printer: Printer },
): number | Promise<number> {
  const source = from === "" ? database : from;
  if (!source.startsWith("sqlite:")) return importAccounts({ from: source, database, json }, printer);
  printer.complain("chat-server: Cannot import: name the original's database or a dump of it with --from.");
  return 2;
}
