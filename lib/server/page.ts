/** Cutting a run of posts into a page that is bounded in number and in bytes. */
import { utf8Length } from "../chat/text.ts";
import type { Post } from "../chat/types.ts";

/** JSON and the fields around a text, roughly. */
const ENVELOPE_BYTES = 250;

const weight = (post: Post): number => ENVELOPE_BYTES + (post.type === "post" ? utf8Length(post.text) : 0);

export interface PageOptions {
  readonly limit: number;
  readonly bytes: number;
  /** Which end of the run the page must hold: the one that the reader goes on from. */
  readonly from: "start" | "end";
}

/** The events of a page, oldest first, and whether there are more beyond its other end. It has at least one if there is one. */
export function pageOf(
  posts: readonly Post[],
  options: PageOptions,
): { readonly events: Post[]; readonly more: boolean } {
  const ordered = options.from === "start" ? posts : posts.toReversed();
  const events: Post[] = [];
  let bytes = 0;
  for (const post of ordered) {
    bytes += weight(post);
    if (events.length === options.limit || (events.length > 0 && bytes > options.bytes)) break;
    events.push(post);
  }
  if (options.from === "end") events.reverse();
  return { events, more: events.length < posts.length };
}
