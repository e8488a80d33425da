/** The subcommands of `chat-server` that talk to the running server. What each asks for is in `admin_commands.ts`. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { Argument } from "@commander-js/extra-typings";
import type { Row } from "./admin_protocol.ts";
import { type Asking, askTask } from "./ask_task.ts";
import { LEVELS } from "../log_events.ts";
import { columns, showStatus } from "./operator_view.ts";
import type { Chosen, Subcommand } from "../config/task.ts";

/** Adds a command of that name and description, which shows its help like the others. */
export function subcommand(program: CommandUnknownOpts, name: string, description: string) {
  return program.command(name).description(description).helpOption("--help", "show this and exit")
    .allowExcessArguments(false);
}

export const JSON_OPTION = ["--json", "one JSON object a line"] as const;

export const OPERATOR_COMMANDS: readonly Subcommand[] = [
  asks("status", "how the running server is doing", { show: ([status]) => status ? showStatus(status) : [] }),
  asks("who", "who is here, and from where", {
    show: (rows) => columns(rows, ["account", "name", "since", "address", "dialect", "connection"]),
  }),
  asks("reload", "reads the configuration again, and says what changed; if it is wrong the old one stays", {
    show: showChanges,
  }),
  (program, chosen) => {
    subcommand(program, "say", "says a line in the room, as the operator")
      .argument("<text>", "what to say").option(...JSON_OPTION)
      .action((text, { json = false }) => ask(chosen, { request: { command: "say", text }, json, show: () => [] }));
  },
  (program, chosen) => {
    subcommand(program, "log-level", "says or sets what is logged, until the next reload or start")
      .addArgument(new Argument("[level]", "the least level that is logged").choices(LEVELS)).option(...JSON_OPTION)
      .action((level, { json = false }) =>
        ask(chosen, {
          request: { command: "log-level", ...(level === undefined ? {} : { level }) },
          json,
          show: (rows) => rows.map(({ level }) => String(level)),
        })
      );
  },
];

/** A command without arguments. */
function asks(name: string, description: string, { show }: Pick<Asking, "show">): Subcommand {
  return (program, chosen) => {
    subcommand(program, name, description).option(...JSON_OPTION)
      .action(({ json = false }) => ask(chosen, { request: { command: name }, json, show }));
  };
}

const ask = (chosen: Chosen, asking: Asking): void => chosen(...askTask(asking));

function showChanges(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return ["nothing has changed"];
  return rows.map(({ option, from, to, effect }) =>
    `${option}: ${from} → ${to}${effect === "restart" ? " (takes a restart)" : ""}`
  );
}
