/** Questions before the room opens: who somebody is, or who they want to be. */
import * as clack from "@clack/prompts";
import process from "node:process";
import { type Checked, checkName, checkPassword, parseAccount } from "../chat/account.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { UsageError } from "./failure.ts";
import type { Entrance } from "./link_options.ts";

/** Questions go to standard error: standard output is for data. */
const output = process.stderr;

export const canAsk = (): boolean => Deno.stdin.isTerminal() && Deno.stderr.isTerminal();

export async function askPassword(message = "Password"): Promise<string> {
  return answered(await clack.password({ message, output }));
}

/** Says why the server did not take the answers; they are asked for again then. */
export function sayRefusal(reason: string): void {
  clack.log.error(sanitize(reason), { output });
}

export async function askInvitation(): Promise<string> {
  return answered(await clack.text({ message: "Invitation code", output }));
}

/** Whether this machine may let them in without the password from now on. */
export async function askToRemember(): Promise<boolean> {
  const message = "Stay logged in on this machine? (/logout ends that)";
  return answered(await clack.confirm({ message, output, initialValue: true }));
}

/** Asks how to enter: with which account and password, or as somebody new. */
export async function askEntrance(known: { readonly account: number | undefined }): Promise<Entrance> {
  if (known.account !== undefined) return { op: "login", account: known.account, password: await askPassword() };
  const choice = answered(
    await clack.select({
      message: "Welcome",
      output,
      options: [
        { value: "login", label: "Log in" },
        { value: "register", label: "Register a new account" },
      ],
    }),
  );
  return choice === "login" ? await askLogin() : await askRegistration();
}

async function askLogin(): Promise<Entrance> {
  const account = answered(await clack.text({ message: "Account number", output, validate: rule(parseAccount) }));
  return { op: "login", account: Number(account), password: await askPassword() };
}

async function askRegistration(): Promise<Entrance> {
  const name = answered(
    await clack.text({ message: "Your name, as others see it", output, validate: rule(checkName) }),
  );
  const number = answered(
    await clack.text({
      message: "Account number, 3 to 6 digits",
      placeholder: "empty: the next free one",
      output,
      validate: (text) => text ? rule(parseAccount)(text) : undefined,
    }),
  );
  const password = answered(await clack.password({ message: "Password", output, validate: rule(checkPassword) }));
  answered(
    await clack.password({
      message: "Password again",
      output,
      validate: (again) => again === password ? undefined : "that is not the same",
    }),
  );
  return { op: "register", name, password, ...(number ? { account: Number(number) } : {}) };
}

const rule = (check: (text: string) => Checked<unknown>) => (text: string | undefined): string | undefined => {
  const checked = check(text ?? "");
  return checked.ok ? undefined : checked.reason;
};

/** What was answered; leaving a question with ctrl-C leaves the program. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === "symbol") throw new UsageError("Nothing was done.");
  return answer as Exclude<T, symbol>;
}
