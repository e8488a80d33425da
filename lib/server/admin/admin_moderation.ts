/** Keeping order from the machine: the operator's acts, which everybody sees like those of the room's own moderators. */
import * as v from "valibot";
import { ROLES, type Wish } from "../../chat/act.ts";
import { OPERATOR, type Post } from "../../chat/types.ts";
import { actLine } from "../moderation/act_line.ts";
import { Refusal, type Row } from "./admin_protocol.ts";
import { act, type Fault, invite } from "../moderation/moderation.ts";
import { sentenceOf } from "../moderation/refused.ts";
import type { Services } from "../services.ts";

const account = v.number();
const reason = v.exactOptional(v.string());
const seconds = v.exactOptional(v.number());

/** An act of the operator, as a request has it. */
export const WISH = v.variant("type", [
  v.object({ type: v.picklist(["kick", "unmute", "unban"]), account, reason }),
  v.object({ type: v.picklist(["mute", "ban"]), account, seconds, reason }),
  v.object({ type: v.literal("ban-range"), range: v.string(), seconds, reason }),
  v.object({ type: v.literal("unban-range"), range: v.string(), reason }),
  v.object({ type: v.literal("role"), account, role: v.picklist(ROLES) }),
]);

export async function operatorAct(services: Services, wish: Wish): Promise<readonly Row[]> {
  const outcome = await act({ services, actor: OPERATOR }, { wish });
  if (!outcome.ok) throw refusal(outcome.fault);
  services.log("admin", { op: wish.type, ...("account" in wish ? { account: wish.account } : {}) });
  return [rowOf(outcome.post)];
}

export async function operatorInvite(
  services: Services,
  asked: { readonly uses?: number | undefined; readonly days?: number | undefined },
): Promise<readonly Row[]> {
  const outcome = await invite({ services, actor: OPERATOR }, asked);
  if (!outcome.ok) throw refusal(outcome.fault);
  services.log("admin", { op: "invite" });
  const { code, uses, expires } = outcome;
  return [{ code, uses, expires }];
}

function rowOf(post: Post): Row {
  if (post.type !== "act") throw new Error(`Cannot tell of post ${post.seq}: it is no act`);
  const { seq, at, act } = post;
  return { seq, at, act, line: actLine(post) };
}

const refusal = (fault: Fault): Refusal =>
  new Refusal(fault.code === "account-unknown" ? "no-such-account" : "refused", sentenceOf(fault));
