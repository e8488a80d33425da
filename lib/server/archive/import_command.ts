/** `chat-server import`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { importRoom } from "./import.ts";
import { reasonOf } from "../log.ts";
import type { Task } from "../config/task.ts";

export function addImportCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
  const command = new Command("import")
    .description(
      "brings in what export --jsonl has written, with the files beside it; while no server uses the database",
    )
    .argument("<file>", "lines of JSON; files are looked for in the folder that export --files makes")
    .option("--json", "one JSON object about it");
  command.copyInheritedSettings(program).helpOption("--help", "show this and exit").allowExcessArguments(false);
  command.action((file, { json = false }) =>
    chosen(async ({ database, dataDir }, { print, complain }) => {
      try {
        const refused = (line: number, reason: string) => complain(`chat-server: line ${line}: refused, ${reason}`);
        const count = await importRoom({ database, dataDir }, { path: resolve(file), refused });
        if (json) print(JSON.stringify(count));
        else {
          print(
            `${count.imported} imported, ${count.present} there already, ${count.passedOver} passed over, ` +
              `${count.refused} refused`,
          );
        }
        return count.refused === 0 ? 0 : 1;
      } catch (error) {
        complain(`chat-server: ${reasonOf(error)}`);
        return 1;
      }
    })
  );
  program.addCommand(command);
}
