/** `chat-server backup` and `chat-server restore`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { visibleJson } from "../../chat/visible_json.ts";
import { formatSize } from "../../files/size.ts";
import { backUp } from "./backup.ts";
import type { Manifest } from "./backup_format.ts";
import { readBackup } from "./backup_reader.ts";
import { noteBackup } from "./last_backup.ts";
import { restore } from "./restore.ts";
import { reasonOf } from "../log.ts";
import type { Printer, Task } from "../config/task.ts";

export function addBackupCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
  const backup = new Command("backup")
    .description(
      "writes all there is (accounts, messages, files) into one file, while the server runs or while it does not",
    )
    .argument("<file>", "where to; a tar archive")
    .option("--replace", "replace the file if it is there")
    .option("--check", "make no backup, and see whether the one in the file is whole")
    .option("--json", "one JSON object");
  add(program, backup);
  backup.action((file, { replace = false, check = false, json = false }) =>
    chosen(({ database, dataDir }, printer) =>
      run({ printer, json, verb: check ? "whole:" : `backed up to ${file}:` }, async () => {
        const path = resolve(file);
        if (check) return await readBackup(path);
        const made = await backUp({ database, dataDir }, {
          path,
          replace,
          program: `chat-server/${program.version()}`,
        });
        await noteBackup(dataDir, { at: made.at, path });
        return made;
      })
    )
  );
}

export function addRestoreCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
  const command = new Command("restore")
    .description("puts a backup into an empty place, whichever database it was taken from")
    .argument("<file>", "the backup")
    .option("--log-out", "have everybody log in again: the backup may be of before a device was lost")
    .option("--json", "one JSON object");
  add(program, command);
  command.action((file, { logOut = false, json = false }) =>
    chosen(({ database, dataDir }, printer) =>
      run(
        { printer, json, verb: `restored from ${file}:` },
        () => restore({ database, dataDir }, { path: resolve(file), logOut }),
      )
    )
  );
}

function add(program: CommandUnknownOpts, command: CommandUnknownOpts): void {
  command.copyInheritedSettings(program).helpOption("--help", "show this and exit").allowExcessArguments(false);
  program.addCommand(command);
}

async function run(
  { printer, json, verb }: { readonly printer: Printer; readonly json: boolean; readonly verb: string },
  work: () => Promise<Manifest>,
): Promise<number> {
  try {
    const manifest = await work();
    for (const name of manifest.missing) printer.complain(`chat-server: the file ${name} is missing, and was before`);
    for (const name of manifest.damaged) printer.complain(`chat-server: the file ${name} is damaged, and was before`);
    printer.print(json ? visibleJson(manifest) : `${verb} ${summary(manifest)}`);
    return 0;
  } catch (error) {
    printer.complain(`chat-server: ${reasonOf(error)}`);
    return 1;
  }
}

/** What it holds, in a line. */
function summary({ tables, rooms, files, at }: Manifest): string {
  const said = rooms.map(({ posts, first, head }) => posts === 0 ? "no messages" : `messages ${first} to ${head}`);
  return [
    said.join(" and ") || "no messages",
    `${tables.chat_account ?? 0} accounts`,
    `${files.count} files of ${formatSize(files.bytes)}`,
    `as of ${new Date(at).toISOString()}`,
  ].join(", ");
}
