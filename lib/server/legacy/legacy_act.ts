/** Acts as the old client's people read them: one line each. */
import type { Refusal } from "../../chat/permission.ts";
import { type Account, type ActPost, OPERATOR, type RemovedPost } from "../../chat/types.ts";
import { localTime } from "./local_time.ts";

const nameOf = ({ account, name }: Account): string =>
  account === OPERATOR.account ? "服务器管理员" : `${name}(${account})`;

const because = (reason: string | undefined): string => reason === undefined ? "" : `:${reason}`;
const till = (until: number | undefined): string => until === undefined ? "" : `(至 ${localTime(until)})`;

const ROLE_NAMES = { owner: "房主", moderator: "管理员", member: "普通成员" } as const;

export function actLine({ from, act }: ActPost): string {
  const actor = nameOf(from);
  switch (act.type) {
    case "kick":
      return `${actor}将${nameOf(act.target)}请出了聊天室${because(act.reason)}`;
    case "mute":
      return `${actor}禁言了${nameOf(act.target)}${till(act.until)}${because(act.reason)}`;
    case "unmute":
      return `${actor}解除了${nameOf(act.target)}的禁言${because(act.reason)}`;
    case "ban":
      return `${actor}封禁了${nameOf(act.target)}${till(act.until)}${because(act.reason)}`;
    case "unban":
      return `${actor}解封了${nameOf(act.target)}${because(act.reason)}`;
    case "ban-range":
      return `${actor}封禁了一个地址段${till(act.until)}${because(act.reason)}`;
    case "unban-range":
      return `${actor}解封了一个地址段${because(act.reason)}`;
    case "slow":
      return act.seconds === 0 ? `${actor}关闭了慢速模式` : `${actor}开启了慢速模式:每 ${act.seconds} 秒一条`;
    case "read-only":
      return act.on ? `${actor}将聊天室设为只读` : `${actor}取消了聊天室的只读`;
    case "delete":
      return `${actor}移除了${nameOf(act.target)}的第 ${act.post} 条消息${because(act.reason)}`;
    case "role":
      return `${actor}将${nameOf(act.target)}设为${ROLE_NAMES[act.role]}`;
    case "claim":
      return `${nameOf(act.target)}成为房主`;
    case "invite":
      return `${actor}发出了一份邀请(${act.uses} 人,至 ${localTime(act.until)})`;
  }
}

export const removedLine = ({ by, reason }: RemovedPost): string => `[消息已被${nameOf(by)}移除]${because(reason)}`;

/** Why something was not said, for the one who said it. */
export function refusalLine({ code, until, reason, retryAfter = 0 }: Refusal): string {
  switch (code) {
    case "muted":
      return `你已被禁言${till(until)},未发送${because(reason)}`;
    case "read-only":
      return "聊天室现在是只读的,未发送";
    case "slow-mode":
      return `慢速模式:请在 ${Math.ceil(retryAfter / 1000)} 秒后再发,未发送`;
    case "kicked":
      return `你被请出了聊天室${because(reason)}`;
    case "banned":
      return `你已被封禁${till(until)}${because(reason)}`;
    default:
      return "没有权限,未发送";
  }
}
