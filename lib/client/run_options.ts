/** What the options of the command line come to, together with the environment and the files that count. */
import { Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import type { Common } from "./common_options.ts";
import type { Encryption } from "./encryption.ts";
import { UsageError } from "./failure.ts";
import { KnownServers } from "./known_servers.ts";
import type { Entrance } from "./link_options.ts";
import { type PreferenceFlags, type Preferences, readPreferences } from "./preferences.ts";
import { type Say, sayIn } from "./sentences.ts";
import { accountNumber, type Environment } from "./settings.ts";
import { configFolder, stateFolder } from "./state_folder.ts";
import { detectLanguage, type Language, LANGUAGES } from "./texts.ts";

export const plaintextOption = () =>
  new Option("--plaintext", "without encryption: anybody in between can listen").env("CHAT_PLAINTEXT");
export const authoritiesOption = () =>
  new Option("--ca <file>", "authorities to trust beside the ordinary ones, PEM").env("CHAT_CA");

export function encryptionOf(
  { plaintext, ca }: Pick<Common, "plaintext" | "ca">,
  { environment, pinned }: { readonly environment: Environment; readonly pinned: (notice: string) => void },
): Encryption {
  if (plaintext) return { mode: "plaintext" };
  const authorities = ca === undefined ? undefined : environment.readFile(ca);
  if (ca !== undefined && authorities === undefined) throw new UsageError(`Cannot read ${ca}: there is no such file.`);
  return {
    mode: "tls",
    known: new KnownServers(stateFolder(environment.get)),
    authorities: authorities === undefined ? [] : [authorities],
    pinned,
  };
}

export async function loginOf(options: Common, environment: Environment, password?: string): Promise<Entrance> {
  const account = accountNumber(options.account, environment);
  if (account === undefined) throw new UsageError("Say who you are with --account or CHAT_ACCOUNT.");
  return { op: "login", account, password: password ?? await passwordOf(environment) };
}

/** Before the arguments are read: what is wrong with them is to be said in it, too. */
export function languageOf(args: readonly string[], environment: Environment): Language {
  const named = /(?:^| )--lang[ =](\S+)/.exec(args.join(" "))?.[1];
  return LANGUAGES.find((language) => language === named) ?? detectLanguage(environment.get);
}

/** Asked for twice, since nobody sees it. */
export async function newPassword(say: Say): Promise<string> {
  const { askPassword, canAsk } = await import("./prompts.ts");
  if (!canAsk()) throw new UsageError("Put the new password into CHAT_NEW_PASSWORD; there is no terminal to ask at.");
  const password = await askPassword(say, "New password");
  if (await askPassword(say, "New password, again") === password) return password;
  throw new UsageError("Cannot change the password: the two are not the same.");
}

export async function passwordOf(
  environment: Environment,
  say: Say = sayIn(detectLanguage(environment.get)),
): Promise<string> {
  const password = environment.get("CHAT_PASSWORD");
  if (password !== undefined) return password;
  const { askPassword, canAsk } = await import("./prompts.ts");
  if (!canAsk()) throw new UsageError("Put the password into CHAT_PASSWORD; there is no terminal to ask at.");
  return await askPassword(say);
}

export function preferencesOf(flags: PreferenceFlags, environment: Environment): Preferences {
  const folder = configFolder(environment.get);
  const path = folder === undefined ? "" : join(folder, "config");
  return readPreferences(flags, { env: environment.get, text: folder && environment.readFile(path), path });
}
