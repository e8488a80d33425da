/** `chat-server export`. */
import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { formatSize, parseSize } from "../../files/size.ts";
import { type ExportFormat, exportRoom, filesFolder } from "./export.ts";
import { reasonOf } from "../log.ts";
import type { Task } from "../config/task.ts";

const MIB = 1024 * 1024;

export function addExportCommand(program: CommandUnknownOpts, chosen: (task: Task) => void): void {
  const command = new Command("export")
    .description("writes out what was said, for people or programs, while the server runs or while it does not")
    .addOption(new Option("--html", "one page with the pictures in it").conflicts(["markdown", "jsonl"]))
    .addOption(new Option("--markdown", "Markdown").conflicts(["html", "jsonl"]))
    .addOption(new Option("--jsonl", "an object a line, which import reads").conflicts(["html", "markdown"]))
    .addOption(new Option("--since <number>", "only what came after this number").default(0).argParser(wholeNumber))
    .addOption(
      new Option("--embed <size>", "the largest picture that stands in the page").default(2 * MIB, "2M").argParser(
        size,
      ),
    )
    .option("-o, --output <file>", "where to (default: standard output)")
    .option("--files", "put the files into a folder beside it, and link them")
    .option("--replace", "replace the file if it is there")
    .option("--json", "one JSON object about it");
  command.copyInheritedSettings(program).helpOption("--help", "show this and exit").allowExcessArguments(false);
  command.action(({ html, markdown, jsonl, since, embed, output, files = false, replace = false, json = false }) =>
    chosen(async ({ database, dataDir }, { print, complain }) => {
      const format: ExportFormat | undefined = html ? "html" : markdown ? "markdown" : jsonl ? "jsonl" : undefined;
      if (format === undefined || (output === undefined && (files || json))) {
        complain(
          `chat-server: Cannot export: ${
            format === undefined ? "say --html, --markdown or --jsonl" : "name a file with -o"
          }.`,
        );
        return 2;
      }
      const path = output === undefined ? {} : { output: resolve(output) };
      try {
        const write = (text: string) => text === "" ? undefined : print(text.replace(/\n$/, ""));
        const summary = await exportRoom({ database, dataDir }, {
          format,
          since,
          embed,
          ...path,
          replace,
          files,
          write,
        });
        if (output === undefined) return 0;
        if (json) print(JSON.stringify(summary));
        else {print(
            `${output}: ${summary.posts} messages, ${filesSaid(summary, files ? filesFolder(output) : undefined)}`,
          );}
        return 0;
      } catch (error) {
        complain(`chat-server: ${reasonOf(error)}`);
        return 1;
      }
    })
  );
  program.addCommand(command);
}

function filesSaid({ files, named }: { readonly files: number; readonly named: number }, folder?: string): string {
  const where = folder === undefined ? "in it" : `in it or in ${folder}`;
  return `${files} files ${where}, ${named} only named`;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It is a number from 0 up.");
  return Number(text);
}

function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError(`A size is written like 65536, 64K or ${formatSize(MIB)}.`);
  return bytes;
}
