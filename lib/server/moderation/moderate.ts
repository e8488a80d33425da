/** The commands by which somebody in the room keeps order, or sees how it is kept. */
import { hasRank } from "../../chat/permission.ts";
import type { Account } from "../../chat/types.ts";
import type { CommandOf } from "../../protocol/command.ts";
import { MAX_AUDIT_ENTRIES } from "../../protocol/limits.ts";
import { act, type Acting, audit, claim, invite, standing } from "./moderation.ts";
import { stored } from "../post.ts";
import { refused } from "./refused.ts";
import type { Reply, SessionContext } from "../session_context.ts";
import { errorMessage } from "../../protocol/server_message.ts";

export type ModerationCommand = CommandOf<"act" | "audit" | "invite" | "owner" | "roles">;

export async function moderate(session: SessionContext, actor: Account, command: ModerationCommand): Promise<Reply> {
  const { services } = session;
  const { request, room } = command;
  if (!await services.rooms.get(room)) return errorMessage("unknown-room", { request });
  const acting: Acting = { services, actor, room };
  switch (command.op) {
    case "act": {
      const outcome = await act(acting, { wish: command.act, id: command.id, address: session.peer.address });
      return outcome.ok ? stored(request, room, outcome.post) : refused(outcome.fault, { request });
    }
    case "owner": {
      const outcome = await claim(acting, command);
      if (!outcome.ok) session.log("owner-code-refused");
      return outcome.ok ? stored(request, room, outcome.post) : refused(outcome.fault, { request });
    }
    case "invite": {
      const outcome = await invite(acting, command);
      if (!outcome.ok) return refused(outcome.fault, { request });
      const { code, uses, expires } = outcome;
      return { op: "invited", request, room, code, uses, expires };
    }
    case "audit": {
      const { before, limit = MAX_AUDIT_ENTRIES } = command;
      const outcome = await audit(acting, { before, limit });
      if (!outcome.ok) return refused(outcome.fault, { request });
      const acts = outcome.acts.toReversed();
      const next = outcome.acts.length === limit ? acts[0]?.seq : undefined;
      return { op: "audited", request, room, acts, ...(next === undefined ? {} : { before: next }) };
    }
    case "roles": {
      const state = await standing(acting);
      const reply = { op: "roles", request, room, slow: state.slow, readOnly: state.readOnly } as const;
      const roles = [...state.roles.values()];
      if (!hasRank(state, actor.account, "moderator")) return { ...reply, roles };
      const ranges = [...state.ranges].map(([range, terms]) => ({ range, ...terms }));
      return { ...reply, roles, mutes: [...state.mutes.values()], bans: [...state.bans.values()], ranges };
    }
  }
}
