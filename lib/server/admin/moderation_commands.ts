/** The subcommands by which the operator keeps order in the room of the running server. */
import { Argument, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { parseAccount } from "../../chat/account.ts";
import { MAX_INVITE_DAYS, MAX_INVITE_USES, ROLES, type Wish } from "../../chat/act.ts";
import { askTask } from "./ask_task.ts";
import { JSON_OPTION, subcommand } from "./operator_commands.ts";
import { localTime } from "./operator_view.ts";
import { parseDuration } from "../limits/rate.ts";
import type { Chosen, Subcommand } from "../config/task.ts";

/** What the options of a sanction say. */
interface Terms {
  readonly for?: number;
  readonly reason?: string;
  readonly json?: true;
}

interface Sanction {
  readonly name: "kick" | "mute" | "unmute" | "ban" | "unban";
  readonly description: string;
  /** Whether it may be for a range of addresses. */
  readonly ranges?: true;
  /** Whether it may be for a time. */
  readonly timed?: true;
}

const SANCTIONS: readonly Sanction[] = [
  { name: "kick", description: "sends somebody away for a minute" },
  { name: "mute", description: "lets somebody say nothing", timed: true },
  { name: "unmute", description: "lets somebody speak again" },
  { name: "ban", description: "keeps somebody out, or everybody at a range of addresses", ranges: true, timed: true },
  { name: "unban", description: "lets somebody, or a range of addresses, in again", ranges: true },
];

export const MODERATION_COMMANDS: readonly Subcommand[] = [
  ...SANCTIONS.map((sanction): Subcommand => (program, chosen) => addSanction(sanction, { program, chosen })),
  addRole,
  addInvite,
];

function addSanction(
  { name, description, ranges, timed }: Sanction,
  { program, chosen }: { readonly program: CommandUnknownOpts; readonly chosen: Chosen },
): void {
  const command: CommandUnknownOpts = subcommand(program, name, description);
  if (ranges) command.argument("<whom>", "an account's number, or addresses such as 192.0.2.0/24", whom);
  else command.argument("<account>", "their number", accountNumber);
  const lasts = "for how long, as 90s, 5m, 2h or 1d (default: until it is lifted)";
  if (timed) command.addOption(new Option("--for <time>", lasts).argParser(secondsOf));
  command.option("--reason <text>", "why, which everybody sees").option(...JSON_OPTION);
  command.action(() => {
    const { for: seconds, reason, json = false } = command.opts() as Terms;
    const target: unknown = command.processedArgs[0];
    const wish = {
      ...(typeof target === "number" ? { type: name, account: target } : { type: `${name}-range`, range: target }),
      ...(seconds === undefined ? {} : { seconds }),
      ...(reason === undefined ? {} : { reason }),
    };
    chosen(...actTask(wish as Wish, json));
  });
}

function addRole(program: CommandUnknownOpts, chosen: Chosen): void {
  subcommand(program, "role", "makes somebody an owner, a moderator or a member")
    .argument("<account>", "their number", accountNumber)
    .addArgument(new Argument("<role>", "what they are from now on").choices(ROLES))
    .option(...JSON_OPTION)
    .action((account, role, { json = false }) => chosen(...actTask({ type: "role", account, role }, json)));
}

function addInvite(program: CommandUnknownOpts, chosen: Chosen): void {
  subcommand(program, "invite", "makes a code by which people may register")
    .addOption(new Option("--uses <number>", "how many people (default: 1)").argParser(upTo(MAX_INVITE_USES)))
    .addOption(new Option("--days <number>", "for how long (default: 7)").argParser(upTo(MAX_INVITE_DAYS)))
    .option(...JSON_OPTION)
    .action(({ uses, days, json = false }) =>
      chosen(...askTask({
        request: {
          command: "invite",
          ...(uses === undefined ? {} : { uses }),
          ...(days === undefined ? {} : { days }),
        },
        json,
        show: (rows) =>
          rows.map(({ code, uses, expires }) => `${code}  for ${uses}, until ${localTime(Number(expires))}`),
      }))
    );
}

const actTask = (wish: Wish, json: boolean) =>
  askTask({ request: { command: "act", wish }, json, show: (rows) => rows.map(({ line }) => String(line)) });

export function accountNumber(text: string): number {
  const account = parseAccount(text);
  if (account.ok) return account.value;
  throw new InvalidArgumentError(`Cannot be: ${account.reason}.`);
}

const whom = (text: string): number | string => /[.:]/.test(text) ? text : accountNumber(text);

function secondsOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError("A time is written like 90s, 5m, 2h or 1d.");
  return ms / 1000;
}

const upTo = (most: number) => (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
};
