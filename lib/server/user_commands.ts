/** What somebody who is logged in may ask for, but for saying something (`post.ts`): which part of the session answers it. */
import type { Account } from "../chat/types.ts";
import type { Command } from "../protocol/command.ts";
import { changePassword, listDevices, revoke } from "./access/devices.ts";
import type { Membership } from "./membership.ts";
import { moderate } from "./moderation/moderate.ts";
import { search } from "./search.ts";
import type { Reply, SessionContext } from "./session_context.ts";
import type { Transfers } from "./transfers.ts";

type VisitorOp = "hello" | "register" | "login" | "resume" | "ping" | "pong" | "certificate" | "ack" | "logout";
export type UserCommand = Exclude<Command, { readonly op: VisitorOp | "post" }>;

export interface UserParts {
  readonly membership: Membership;
  readonly transfers: Transfers;
}

export function answerUser(
  session: SessionContext & UserParts,
  account: Account,
  command: UserCommand,
): Reply | Promise<Reply> {
  switch (command.op) {
    case "join":
      return session.membership.join(account, command);
    case "who":
      return session.membership.who(command);
    case "history":
      return session.membership.history(command);
    case "search":
      return search(session, command);
    case "act":
    case "audit":
    case "invite":
    case "owner":
    case "roles":
      return moderate(session, account, command);
    case "devices":
      return listDevices(session, account, command);
    case "revoke":
      return revoke(session, account, command);
    case "password":
      return changePassword(session, account, command);
    case "upload":
      return session.transfers.uploads.begin(account, command);
    case "finish":
      return session.transfers.uploads.finish(account, command);
    case "download":
      return session.transfers.downloads.begin(command);
    case "cancel":
      session.transfers.downloads.cancel(command.stream);
      return session.transfers.uploads.cancel(command.stream);
  }
}
