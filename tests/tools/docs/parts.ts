/** The parts of pages that are made from the code: `deno task docs` writes them, and a test finds what is stale. */
import { MAX_ACCOUNT, MAX_NAME, MAX_PASSWORD } from "../../../lib/chat/account.ts";
import { MAX_FILE_NAME } from "../../../lib/chat/text.ts";
import { ERROR_CODES, type ErrorCode } from "../../../lib/protocol/error_code.ts";
import { FRAME_TIMEOUT_MS, HEARTBEAT_MS, MAX_SEARCH_TEXT, TRANSFER_IDLE_MS } from "../../../lib/protocol/limits.ts";
import { PATIENCE } from "../../../lib/server/admission.ts";
import { createCommand } from "../../../lib/server/config/config.ts";
import { MAX_DOWNLOADS } from "../../../lib/server/downloads.ts";
import { TOKEN_MS } from "../../../lib/server/access/login.ts";
import { flagOf, OPTIONS } from "../../../lib/server/config/options.ts";
import { MAX_UPLOADS } from "../../../lib/server/uploads.ts";
import { table } from "../marked.ts";
import { allCommands, commandTree } from "../package/command_tree.ts";
import { logReference, metricsReference } from "./references.ts";
import { CLIENT, REMEDIES } from "./remedies.ts";

export interface Part {
  /** The file, from the project's folder. */
  readonly page: string;
  /** The name between its marks, see `marked.ts`. */
  readonly name: string;
  readonly content: string;
}

export function generatedParts(): readonly Part[] {
  const readme = (name: string, lines: readonly string[]) => ({ page: "README.md", name, content: lines.join("\n") });
  return [
    readme("commands", commands()),
    readme("options", options()),
    readme("limits", limits()),
    readme("errors", errors()),
    { page: "lib/server/README.md", name: "metrics", content: metricsReference().join("\n") },
    { page: "lib/server/README.md", name: "log", content: logReference().join("\n") },
  ];
}

function commands(): string[] {
  const program = commandTree(createCommand({ version: "", write: () => {}, chosen: () => {} }));
  const rows = allCommands(program).slice(1).filter(({ commands }) => commands.length === 0);
  return table(
    ["command", "what it does"],
    rows.map(({ usage, description }) => [`\`${usage.replace(" [options]", "")}\``, description]),
  );
}

function options(): string[] {
  const rows = Object.entries(OPTIONS).map(([name, { value, what, shown }]) => [
    `\`--${flagOf(name)} ${value}\``,
    // What is a value stands as it would be typed.
    /^[\w.,:/-]+$/.test(shown) ? `\`${shown}\`` : shown,
    what,
  ]);
  const config = ["`--config <file>`", "`server.conf` beside the executable", "a file of `KEY=VALUE` lines"];
  const takeOver = ["`--take-over`", "", "take the place of the server that runs on the same data"];
  const live = Object.entries(OPTIONS).filter(([, { live }]) => live).map(([name]) => `\`--${flagOf(name)}\``);
  return [
    ...table(["option", "default", "what it is"], [...rows, config, takeOver]),
    "",
    `A reload changes ${live.join(", ")}; the others take a restart.`,
  ];
}

function limits(): string[] {
  const number = (value: number) => value.toLocaleString("en");
  const time = (ms: number) =>
    ms % 86_400_000 === 0 ? `${ms / 86_400_000} days` : ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
  return table(["limit", ""], [
    ["accounts", number(MAX_ACCOUNT)],
    ["characters of a name, of a password, of a file's name", [MAX_NAME, MAX_PASSWORD, MAX_FILE_NAME].join(", ")],
    ["characters that can be searched for", number(MAX_SEARCH_TEXT)],
    ["uploads and downloads at a time on one connection", `${MAX_UPLOADS} and ${MAX_DOWNLOADS}`],
    ["a device that does not come back is forgotten after", time(TOKEN_MS)],
    ["a silent connection is asked after, and closed after twice that", time(HEARTBEAT_MS)],
    [
      "a half message, a stuck reader, a transfer that stands still end after",
      [FRAME_TIMEOUT_MS, PATIENCE.write, TRANSFER_IDLE_MS].map(time).join(", "),
    ],
  ]);
}

function errors(): string[] {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  const [clients, people] = [true, false].map((its) => codes.filter((code) => (REMEDIES[code] === CLIENT) === its));
  return [
    ...table(
      ["code", "what it says", "what to do"],
      (people ?? []).map((code) => [`\`${code}\``, ERROR_CODES[code], REMEDIES[code]]),
    ),
    "",
    `At ${(clients ?? []).map((code) => `\`${code}\``).join(", ")}: ${CLIENT}.`,
  ];
}
