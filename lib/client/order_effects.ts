/** What keeps order, done over the link: lines to show for it, where the room's own events do not say it all. */
import { LOBBY } from "../chat/types.ts";
import type { Link } from "./link.ts";
import type { Effect } from "./model.ts";
import { newPostId } from "./post_id.ts";
import { auditLines, roleLines } from "./standing.ts";
import type { Texts } from "./texts.ts";
import { endOf } from "./act_words.ts";

export type OrderEffect = Extract<Effect, { type: "act" | "roles" | "audit" | "invite" | "owner" }>;

/** Acts in one look at the audit log. */
const AUDITED = 20;
/** Whoever asks is looking at the screen: a refusal says more than waiting. */
const AT_ONCE = { patienceMs: 0 } as const;

/** Rejects with what the server refuses it with. */
export async function performOrder(link: Link, effect: OrderEffect, texts: Texts): Promise<readonly string[]> {
  switch (effect.type) {
    case "act":
      await link.ask({ op: "act", room: LOBBY, id: newPostId(), act: effect.wish }, "stored", AT_ONCE);
      return [];
    case "owner":
      await link.ask({ op: "owner", room: LOBBY, code: effect.code }, "stored", AT_ONCE);
      return [];
    case "roles": {
      const roles = await link.ask({ op: "roles", room: LOBBY }, "roles", AT_ONCE);
      return roleLines(roles, { texts, now: Date.now() });
    }
    case "audit": {
      const audited = await link.ask({ op: "audit", room: LOBBY, limit: AUDITED }, "audited", AT_ONCE);
      return auditLines(audited, texts);
    }
    case "invite": {
      const { uses, days } = effect;
      const asked = { ...(uses === undefined ? {} : { uses }), ...(days === undefined ? {} : { days }) };
      const { code, expires, ...invited } = await link.ask({ op: "invite", room: LOBBY, ...asked }, "invited", AT_ONCE);
      return [texts.invitation(code, invited.uses, endOf(expires, Date.now()))];
    }
  }
}
