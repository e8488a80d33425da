/** What `chat-server` does besides serving. */
import { addAccountCommand } from "./account_command.ts";
import { addBackupCommand, addRestoreCommand } from "./backup_command.ts";
import { addDoctorCommand } from "./doctor_command.ts";
import { addExportCommand } from "./export_command.ts";
import { addImportCommand } from "./import_command.ts";
import { MODERATION_COMMANDS } from "./moderation_commands.ts";
import { OPERATOR_COMMANDS } from "./operator_commands.ts";
import { addPersonCommand } from "./person_command.ts";
import type { Subcommand } from "./task.ts";

export const SUBCOMMANDS: readonly Subcommand[] = [
  ...OPERATOR_COMMANDS,
  ...MODERATION_COMMANDS,
  addDoctorCommand,
  addAccountCommand,
  addBackupCommand,
  addRestoreCommand,
  addExportCommand,
  addImportCommand,
  addPersonCommand,
];
