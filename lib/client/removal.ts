/** What the removal of a post makes of what is shown and kept of it. Pure. */
import { type ActPost, isSaid, type Post, type RemovedPost } from "../chat/types.ts";

/** The number of the post of which this says that it was removed, if it does. */
export function removedIn(post: Post): number | undefined {
  if (post.type === "removed") return post.seq;
  return post.type === "act" && post.act.type === "delete" ? post.act.post : undefined;
}

/** What is left of a post; nothing when the act is about another, or there is no content to remove. */
export function removedBy(post: Post, { act, from: by }: ActPost): RemovedPost | undefined {
  if (act.type !== "delete" || act.post !== post.seq || !isSaid(post)) return undefined;
  const { seq, id, from, at } = post;
  return { type: "removed", seq, id, from, at, by, ...(act.reason === undefined ? {} : { reason: act.reason }) };
}

/** The posts, with what is left of the one that was removed in its place. */
export function withRemoved(posts: readonly Post[], act: ActPost): readonly Post[] {
  const at = posts.findIndex((post) => removedBy(post, act));
  const left = at < 0 ? undefined : removedBy(posts[at] as Post, act);
  return left ? posts.with(at, left) : posts;
}
