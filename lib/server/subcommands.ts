/** What `chat-server` does besides serving. */
import { addAccountCommand } from "./account_command.ts";
import type { Subcommand } from "./task.ts";

export const SUBCOMMANDS: readonly Subcommand[] = [addAccountCommand];
