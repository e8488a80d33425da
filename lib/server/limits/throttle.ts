/**
 * What one person may do in a time. What is too much is put off with `slow-down` and the milliseconds to wait: nothing of it has
 * happened, and the same command may be given again. Whatever a person's connections are, their commands count together.
 */
import { Buffer } from "node:buffer";
import type { Account } from "../../chat/types.ts";
import type { Command } from "../../protocol/command.ts";
import { errorMessage, type ServerMessage } from "../../protocol/server_message.ts";
import type { Guard } from "./guard.ts";
import type { SessionContext } from "../session_context.ts";

/** The answer to a command that its sender has to put off; nothing when it may be dealt with. */
export function putOff(
  { services: { guard }, peer }: SessionContext,
  account: Account,
  command: Command,
): ServerMessage | undefined {
  if (peer.exempt) return undefined;
  const retryAfter = waitOf(guard, account, command);
  if (retryAfter === 0) return undefined;
  return errorMessage("slow-down", { ...("request" in command ? { request: command.request } : {}), retryAfter });
}

function waitOf(guard: Guard, { account }: Account, command: Command): number {
  switch (command.op) {
    case "post":
      return postWait(guard, account, command.text);
    case "upload":
      return guard.posts.take(account);
    case "join":
      return guard.joins.take(account);
    case "search":
    case "history":
    case "who":
      return guard.lookups.take(account);
    default:
      return 0;
  }
}

/** The milliseconds that somebody has to wait with a text; 0 when it was counted. */
export function postWait(guard: Guard, account: number, text: string): number {
  const wait = guard.postBytes.wait(account, Buffer.byteLength(text)) || guard.posts.take(account);
  return wait || guard.postBytes.take(account, Buffer.byteLength(text));
}
