/** A new password for somebody: from CHAT_PASSWORD, or asked for; never from an argument, which everybody on the machine sees. */
import process from "node:process";

/** There is nobody to ask. */
export class CannotAsk extends Error {
  override readonly name = "CannotAsk";
}

export async function newPassword(): Promise<string> {
  const told = Deno.env.get("CHAT_PASSWORD");
  if (told !== undefined && told !== "") return told;
  if (!Deno.stdin.isTerminal()) throw new CannotAsk("Set CHAT_PASSWORD, or run it in a terminal to be asked.");
  // Takes a while to load.
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await password({ message: "New password", output: process.stderr });
  if (isCancel(answer) || answer === "") throw new CannotAsk("No password was given.");
  return answer;
}
