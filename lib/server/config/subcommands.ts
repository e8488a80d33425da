/** What `chat-server` does besides serving. */
import { addAccountCommand } from "../admin/account_command.ts";
import { addBackupCommand, addRestoreCommand } from "../archive/backup_command.ts";
import { addDoctorCommand } from "../admin/doctor_command.ts";
import { addExportCommand } from "../archive/export_command.ts";
import { addImportCommand } from "../archive/import_command.ts";
import { MODERATION_COMMANDS } from "../admin/moderation_commands.ts";
import { OPERATOR_COMMANDS } from "../admin/operator_commands.ts";
import { addPersonCommand } from "../archive/person_command.ts";
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
