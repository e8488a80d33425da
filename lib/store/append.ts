/** What an append stores and answers: the same in both databases, whatever they are asked beforehand. */
import { postBytes } from "../chat/retention.ts";
import type { Draft, Post } from "../chat/types.ts";
import type { AppendResult } from "./store.ts";

export interface AppendContext {
  /** The posts that already have one of the drafts' ids, by id. */
  readonly existing: ReadonlyMap<string, Post>;
  /** The room's last sequence number. */
  readonly head: number;
  readonly at: number;
}

export interface AppendPlan {
  /** One for each draft. */
  readonly results: readonly AppendResult[];
  /** To be inserted; numbered on from the head without a gap. */
  readonly stored: readonly Post[];
  /** What they add to the room's bytes. */
  readonly bytes: number;
}

/** Numbers the drafts that are new. An id that comes twice in one call is stored once. */
export function planAppend(drafts: readonly Draft[], { existing, head, at }: AppendContext): AppendPlan {
  const known = new Map(existing);
  const stored: Post[] = [];
  const results = drafts.map((draft): AppendResult => {
    const before = known.get(draft.id);
    if (before) {
      return before.from.account === draft.from.account
        ? { status: "duplicate", post: before }
        : { status: "conflict" };
    }
    const post = numbered(draft, head + stored.length + 1, at);
    known.set(post.id, post);
    stored.push(post);
    return { status: "stored", post };
  });
  return { results, stored, bytes: stored.reduce((sum, post) => sum + postBytes(post), 0) };
}

function numbered(draft: Draft, seq: number, now: number): Post {
  const { id, from, at = now } = draft;
  if (draft.type === "post") return { type: "post", seq, id, from, at, text: draft.text };
  if (draft.type === "act") return { type: "act", seq, id, from, at, act: draft.act };
  const { type, name, size, sha256, media } = draft;
  return { type, seq, id, from, at, name, size, sha256, media };
}
