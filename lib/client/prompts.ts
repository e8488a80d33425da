/** Questions before the room opens: who somebody is, or who they want to be. */
import * as clack from "@clack/prompts";
import process from "node:process";
import { type Checked, checkName, checkPassword, parseAccount } from "../chat/account.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { UsageError } from "./failure.ts";
import type { Entrance } from "./link_options.ts";
import type { Say } from "./sentences.ts";

/** Questions go to standard error: standard output is for data. */
const output = process.stderr;

export const canAsk = (): boolean => Deno.stdin.isTerminal() && Deno.stderr.isTerminal();

export async function askPassword(say: Say, message = "Password"): Promise<string> {
  return answered(await clack.password({ message: say(message), output }));
}

/** Says why an answer was not taken, here or by the server; it is asked for again then. */
export function sayRefusal(reason: string): void {
  clack.log.error(sanitize(reason), { output });
}

export async function askInvitation(say: Say): Promise<string> {
  return answered(await clack.text({ message: say("Invitation code"), output }));
}

/** Whether this machine may let them in without the password from now on. */
export async function askToRemember(say: Say): Promise<boolean> {
  const message = say("Stay logged in on this machine? (/logout ends that)");
  return answered(await clack.confirm({ message, output, initialValue: true }));
}

/** Asks how to enter: with which account and password, or as somebody new. */
export async function askEntrance(
  { account, say }: { readonly account: number | undefined; readonly say: Say },
): Promise<Entrance> {
  if (account !== undefined) return { op: "login", account, password: await askPassword(say) };
  const choice = answered(
    await clack.select({
      message: say("Welcome"),
      output,
      options: [
        { value: "login", label: say("Log in") },
        { value: "register", label: say("Register a new account") },
      ],
    }),
  );
  return choice === "login" ? await askLogin(say) : await askRegistration(say);
}

async function askLogin(say: Say): Promise<Entrance> {
  const account = await insist(() => clack.text({ message: say("Account number"), output }), rule(parseAccount, say));
  return { op: "login", account: Number(account), password: await askPassword(say) };
}

async function askRegistration(say: Say): Promise<Entrance> {
  const name = await insist(
    () => clack.text({ message: say("Your name, as others see it"), output }),
    rule(checkName, say),
  );
  const number = await insist(
    () =>
      clack.text({
        message: say("Account number, 3 to 6 digits"),
        placeholder: say("empty: the next free one"),
        output,
      }),
    (text) => text ? rule(parseAccount, say)(text) : undefined,
  );
  const password = await insist(
    () => clack.password({ message: say("Password"), output }),
    rule(checkPassword, say),
  );
  await insist(
    () => clack.password({ message: say("Password again"), output }),
    (again) => again === password ? undefined : say("that is not the same"),
  );
  return { op: "register", name, password, ...(number ? { account: Number(number) } : {}) };
}

/**
 * Asks until there is nothing to say against the answer. Each time it is a new question, with an empty field: clack's own
 * `validate` leaves what it refuses in the field, and what is typed next goes behind it, in a password unseen.
 */
async function insist(
  ask: () => Promise<string | symbol>,
  objection: (answer: string) => string | undefined,
): Promise<string> {
  for (;;) {
    const answer = answered(await ask());
    const reason = objection(answer);
    if (reason === undefined) return answer;
    sayRefusal(reason);
  }
}

const rule = (check: (text: string) => Checked<unknown>, say: Say) => (text: string): string | undefined => {
  const checked = check(text);
  return checked.ok ? undefined : say(checked.reason);
};

/** What was answered; leaving a question with ctrl-C leaves the program. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === "symbol") throw new UsageError("Nothing was done.");
  return answer as Exclude<T, symbol>;
}
