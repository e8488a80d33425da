/** The subcommands of `chat-server account`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { importAccounts } from "./account_import.ts";
import type { Config } from "../config/options.ts";
import { newPassword } from "./ask_password.ts";
import { askTask } from "./ask_task.ts";
import { accountNumber } from "./moderation_commands.ts";
import { JSON_OPTION, subcommand } from "./operator_commands.ts";
import { columns } from "./operator_view.ts";
import type { Chosen, Printer } from "../config/task.ts";

interface ImportOptions {
  /** Where the original's accounts are, when it is not the database itself. */
  readonly from?: string;
  readonly json: boolean;
}

export function addAccountCommand(program: CommandUnknownOpts, chosen: Chosen): void {
  const account = new Command("account").description(
    "work on accounts",
  );
  account.copyInheritedSettings(program).helpOption("--help", "show this and exit").helpCommand(false);
  account.command("import")
    .description(
      "takes over the accounts of the original program, whose table it leaves as it is; on an embedded database only " +
        "while no server uses it",
    )
    .helpOption("--help", "show this and exit")
    .option("--from <source>", "its database (mysql://…) or an SQL dump of it (default: what --database names)")
    .option("--json", "one JSON object a line")
    .allowExcessArguments(false)
    .action(({ from, json = false }) =>
      chosen((config, printer) => runImport({ json, ...(from === undefined ? {} : { from }) }, { config, printer }))
    );
  addAdminCommands(account, chosen);
  program.addCommand(account);
}

/** What the running server is asked for. */
function addAdminCommands(account: CommandUnknownOpts, chosen: Chosen): void {
  subcommand(account, "list", "everybody who has an account on the running server").option(...JSON_OPTION)
    .action(({ json = false }) =>
      chosen(...askTask({
        request: { command: "account-list" },
        json,
        show: (rows) => columns(rows, ["account", "name", "role", "created", "here"]),
      }))
    );
  subcommand(account, "password", "gives somebody a new password (CHAT_PASSWORD, or asked for) and logs them out")
    .argument("<account>", "their number", accountNumber).option(...JSON_OPTION)
    .action((account, { json = false }) =>
      chosen(...askTask({
        request: async () => ({ command: "account-password", account, password: await newPassword() }),
        json,
        show: (rows) =>
          rows.map(({ name, devices }) => `${name} has a new password; ${devices} devices were logged out`),
      }))
    );
  subcommand(
    account,
    "remove",
    "lets nobody in by an account any more; its number stays taken, and what was said stays",
  )
    .argument("<account>", "their number", accountNumber).option(...JSON_OPTION)
    .action((account, { json = false }) =>
      chosen(...askTask({
        request: { command: "account-remove", account },
        json,
        show: (rows) =>
          rows.map(({ name, devices }) => `${name} cannot log in any more; ${devices} devices were logged out`),
      }))
    );
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
