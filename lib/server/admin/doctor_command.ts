/** The subcommand `chat-server doctor`, and what `--check-config` says. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { reportUnreadable, runDoctor } from "./doctor/doctor.ts";
import { subcommand } from "./operator_commands.ts";
import type { Chosen } from "../config/task.ts";

export function addDoctorCommand(program: CommandUnknownOpts, chosen: Chosen): void {
  subcommand(program, "doctor", "looks at all that a server needs, and says what is wrong and how to mend it")
    .option("--name <host>", "what people connect to, which the certificate has to be for")
    .option("--json", "one JSON object a line")
    .action(({ name, json = false }) =>
      chosen(
        (config, printer) => runDoctor(config, { ...printer, json, name }),
        ({ reason }, printer) => reportUnreadable(reason, { ...printer, json }),
      )
    );
}
