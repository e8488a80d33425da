/** The subcommands of `chat-server person`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { parseAccount } from "../../chat/account.ts";
import { reasonOf } from "../log.ts";
import type { Config } from "../config/options.ts";
import { exportPerson, forgetPerson } from "./person.ts";
import type { Printer, Task } from "../config/task.ts";

export function addPersonCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
  const person = new Command("person").description("one person's data");
  person.copyInheritedSettings(program).helpOption("--help", "show this and exit").helpCommand(false);
  person.command("export")
    .description("writes all that is stored about somebody, their files with it, into a tar archive")
    .helpOption("--help", "show this and exit")
    .argument("<account>", "their number")
    .option("-o, --output <file>", "where to (default: person-NUMBER.tar)")
    .option("--json", "one JSON object about it")
    .allowExcessArguments(false)
    .action((text, { output, json = false }) =>
      chosen(forAccount(text, async (account, { database, dataDir }, { print }) => {
        const path = output ?? `person-${account}.tar`;
        const summary = await exportPerson({ database, dataDir }, { account, path: resolve(path) });
        print(json ? JSON.stringify(summary) : `${path}: ${summary.posts} messages, ${summary.files} of them files`);
      }))
    );
  person.command("erase")
    .description(
      "removes somebody and all that they said and showed for good, while no server uses the " +
        "database",
    )
    .helpOption("--help", "show this and exit")
    .argument("<account>", "their number")
    .option("--json", "one JSON object about it")
    .allowExcessArguments(false)
    .action((text, { json = false }) =>
      chosen(forAccount(text, async (account, { database, dataDir }, { print }) => {
        const { posts, files, devices } = await forgetPerson({ database, dataDir }, account);
        const said = `${account} erased: ${posts} messages, ${files} of them files, and ${devices} devices`;
        print(json ? JSON.stringify({ account, posts, files, devices }) : said);
      }))
    );
  program.addCommand(person);
}

function forAccount(
  text: string,
  work: (account: number, config: Config, printer: Printer) => Promise<void>,
): Task {
  return async (config, printer) => {
    const account = parseAccount(text);
    if (!account.ok) {
      printer.complain(`chat-server: ${account.reason}`);
      return 2;
    }
    try {
      await work(account.value, config, printer);
      return 0;
    } catch (error) {
      printer.complain(`chat-server: ${reasonOf(error)}`);
      return 1;
    }
  };
}
