/** A subcommand that asks the running server: what it prints, and its exit code, which are those of `chat`. */
import { visibleJson } from "../../chat/visible_json.ts";
import { AdminRefused, askServer, NoServer } from "./admin_client.ts";
import type { Row } from "./admin_protocol.ts";
import { CannotAsk } from "./ask_password.ts";
import type { Excuse, Printer, Task } from "../config/task.ts";

/** Done, refused by the server, no server to ask. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, noServer: 4 } as const;

export interface Asking {
  readonly request: Row | (() => Promise<Row>);
  /** One JSON object a row in place of words for people. */
  readonly json: boolean;
  /** The rows in words; nothing where that is said by the exit code alone. */
  readonly show: (rows: readonly Row[]) => readonly string[];
}

/** What it does, and does as well where the configuration is wrong: the server that runs has another one. */
export function askTask({ request, json, show }: Asking): [Task, Excuse] {
  const run = async ({ dataDir }: { readonly dataDir: string }, { print, complain }: Printer): Promise<number> => {
    try {
      const rows: Row[] = [];
      for await (const row of askServer(dataDir, typeof request === "function" ? await request() : request)) {
        if (json) print(visibleJson(row));
        else rows.push(row);
      }
      if (!json) show(rows).forEach(print);
      return EXIT.done;
    } catch (error) {
      if (error instanceof CannotAsk) {
        complain(`chat-server: ${error.message}`);
        return EXIT.usage;
      }
      if (!(error instanceof NoServer || error instanceof AdminRefused)) throw error;
      complain(`chat-server: ${error.message}`);
      return error instanceof NoServer ? EXIT.noServer : EXIT.refused;
    }
  };
  return [run, run];
}
