/** Acts as an export tells them: a line each. */
import type { Act } from "../../chat/act.ts";
import { type Account, type ActPost, OPERATOR, type RemovedPost } from "../../chat/types.ts";
import { dayOf, timeOf } from "../archive/export_text.ts";

const nameOf = ({ account, name }: Account): string =>
  account === OPERATOR.account ? "the operator" : `${name} (${account})`;

const because = (act: Act | RemovedPost): string =>
  "reason" in act && act.reason !== undefined ? `: ${act.reason}` : "";
const till = (until: number | undefined): string =>
  until === undefined ? "" : ` until ${dayOf(until)}, ${timeOf(until)}`;

export const actLine = ({ from, act }: ActPost): string => `${nameOf(from)} ${deedOf(act)}${because(act)}`;

export const removedLine = (post: RemovedPost): string => `removed by ${nameOf(post.by)}${because(post)}`;

function deedOf(act: Act): string {
  switch (act.type) {
    case "kick":
      return `sent ${nameOf(act.target)} away`;
    case "mute":
      return `muted ${nameOf(act.target)}${till(act.until)}`;
    case "unmute":
      return `let ${nameOf(act.target)} speak again`;
    case "ban":
      return `banned ${nameOf(act.target)}${till(act.until)}`;
    case "unban":
      return `let ${nameOf(act.target)} in again`;
    case "ban-range":
      return `banned an address range${till(act.until)}`;
    case "unban-range":
      return "let an address range in again";
    case "slow":
      return act.seconds === 0 ? "ended the slow mode" : `allowed one message every ${act.seconds} seconds`;
    case "read-only":
      return act.on ? "made the room read-only" : "let everybody write again";
    case "delete":
      return `removed message ${act.post} of ${nameOf(act.target)}`;
    case "role":
      return `made ${nameOf(act.target)} ${act.role === "member" ? "a member" : `${act.role}`}`;
    case "claim":
      return "became the owner";
    case "invite":
      return `invited ${act.uses} until ${dayOf(act.until)}`;
  }
}
