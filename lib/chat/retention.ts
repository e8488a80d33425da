/**
 * How much of a room is kept. Without a rule that is all of it; with several, a post is kept while every one of them keeps it.
 *
 * Posts go in the order in which they came, the oldest first, so that what is left is a run of numbers without a gap, up to the
 * room's last one. Numbers are never given again.
 */
import { utf8Length } from "./text.ts";
import { isFile, type Post } from "./types.ts";

export interface Retention {
  /** The latest so many posts; at least 1. */
  readonly posts?: number;
  /** Posts that are not older than so many milliseconds. */
  readonly age?: number;
  /** The latest posts that have so many bytes together, texts and files. The room's last post is kept whatever its size. */
  readonly bytes?: number;
}

/** What one post counts for under {@linkcode Retention.bytes}. A file that was posted twice counts twice, an act for nothing. */
export const postBytes = (post: Post): number =>
  post.type === "post" ? utf8Length(post.text) : isFile(post) ? post.size : 0;

/** What a rule has to know of a post. */
export interface Kept {
  readonly seq: number;
  readonly at: number;
  readonly bytes: number;
}

export interface RoomSize {
  /** The room's last number. */
  readonly head: number;
  /** Bytes of all its posts. */
  readonly bytes: number;
}

/** How many of a room's oldest posts, given in order, are to go. */
export function countExpired(
  oldest: readonly Kept[],
  room: RoomSize,
  rule: Retention & { readonly now: number },
): number {
  const { posts = Infinity, age = Infinity, bytes = Infinity, now } = rule;
  let total = room.bytes;
  const stays = oldest.findIndex((post) => {
    const tooMany = room.head - post.seq >= posts;
    const tooOld = now - post.at > age;
    const tooLarge = total > bytes && post.seq < room.head;
    total -= post.bytes;
    return !(tooMany || tooOld || tooLarge);
  });
  return stays < 0 ? oldest.length : stays;
}
