/**
 * The part of the room's history that is at hand: a run of posts without a gap, and what this client has to say between
 * them. It is a window that moves as one scrolls, and never grows beyond {@linkcode MOST}.
 *
 * While it is _live_ its end is the room's: posts are added as they are told. Once somebody reads far above, it stops
 * growing, and what is told is only counted, until pages have brought its end back to {@linkcode Timeline.newest}.
 */
import type { ActPost, Member, Post } from "../chat/types.ts";
import type { PresenceMessage } from "./output.ts";
import { removedBy, removedIn } from "./removal.ts";

/** Something for people to read. */
export type Item =
  | { readonly type: "post"; readonly post: Post }
  | { readonly type: "presence"; readonly presence: PresenceMessage }
  | { readonly type: "members"; readonly members: readonly Member[] }
  /** `of`: the number of a post that it repeats, and goes with. */
  | { readonly type: "note" | "trouble"; readonly text: string; readonly of?: number };

/** `n` counts what was added, in any place, and so names the entry. */
export type Entry = Item & { readonly n: number };

export interface Timeline {
  readonly entries: readonly Entry[];
  readonly added: number;
  readonly live: boolean;
  /** The highest number told, whether it is at hand or not. */
  readonly newest: number;
  /** Whether there is nothing before the first entry. */
  readonly complete: boolean;
}

/** Entries that are kept: at most so many, and so many once it has grown beyond that while its end is read. */
export const MOST = 1500;
const FOLLOWING = { most: 600, kept: 400 } as const;

export const emptyTimeline: Timeline = { entries: [], added: 0, live: true, newest: 0, complete: false };

const entriesOf = (items: readonly Item[], added: number): Entry[] =>
  items.map((item, index) => ({ ...item, n: added + index + 1 }));
const postItems = (posts: readonly Post[]): Item[] => posts.map((post) => ({ type: "post", post }));

export function firstSeq({ entries }: Timeline): number | undefined {
  for (const entry of entries) if (entry.type === "post") return entry.post.seq;
  return undefined;
}

export function lastSeq({ entries }: Timeline): number | undefined {
  const entry = entries.findLast(({ type }) => type === "post");
  return entry?.type === "post" ? entry.post.seq : undefined;
}

/** What the client itself says. */
export function say(timeline: Timeline, items: readonly Item[]): Timeline {
  return add(timeline, items);
}

function add(timeline: Timeline, items: readonly Item[]): Timeline {
  const { entries, added } = timeline;
  return { ...timeline, entries: [...entries, ...entriesOf(items, added)], added: added + items.length };
}

/** A post that the server tells. `reading`: somebody looks at what was said earlier, which must stay. */
export function tell(timeline: Timeline, post: Post, { reading }: { readonly reading: boolean }): Timeline {
  const last = lastSeq(timeline) ?? 0;
  const next = { ...timeline, newest: Math.max(timeline.newest, post.seq) };
  if (!timeline.live || post.seq <= last) return next;
  if (reading && timeline.entries.length >= MOST) return { ...next, live: false };
  // What lies between is fetched when somebody scrolls there: a run has no gap.
  if (last > 0 && post.seq > last + 1) {
    return { ...add({ ...next, entries: [] }, [{ type: "post", post }]), complete: false };
  }
  const { entries, ...rest } = add(next, [{ type: "post", post }]);
  if (reading || entries.length <= FOLLOWING.most) return { ...rest, entries };
  return { ...rest, entries: entries.slice(-FOLLOWING.kept), complete: false };
}

/** What is left of a post that was removed, in its place and under its entry's name; what the client repeated of it goes. */
export function withdraw(timeline: Timeline, act: ActPost): Timeline {
  const removed = removedIn(act);
  const entries = timeline.entries.flatMap((entry): readonly Entry[] => {
    if (entry.type === "note" && entry.of !== undefined && entry.of === removed) return [];
    const left = entry.type === "post" ? removedBy(entry.post, act) : undefined;
    return [left ? { type: "post", post: left, n: entry.n } : entry];
  });
  return { ...timeline, entries };
}

/** A page from before the first post. An empty one says that there is nothing. */
export function prepend(timeline: Timeline, posts: readonly Post[]): Timeline {
  const before = firstSeq(timeline) ?? Infinity;
  const fresh = posts.filter(({ seq }) => seq < before);
  if (posts.length === 0) return { ...timeline, complete: true };
  const { added } = timeline;
  const all = [...entriesOf(postItems(fresh), added), ...timeline.entries];
  const entries = all.slice(0, MOST);
  const live = timeline.live && entries.length === all.length;
  return { ...timeline, entries, added: added + fresh.length, live };
}

/** A page from behind the last post. */
export function append(timeline: Timeline, posts: readonly Post[]): Timeline {
  const last = lastSeq(timeline) ?? 0;
  const grown = add(timeline, postItems(posts.filter(({ seq }) => seq > last)));
  const entries = grown.entries.slice(-MOST);
  return reached({ ...grown, entries, complete: grown.complete && entries.length === grown.entries.length });
}

/** Another part of the history in place of this one. */
export function replace(timeline: Timeline, posts: readonly Post[]): Timeline {
  const entries = entriesOf(postItems(posts), timeline.added);
  return reached({ ...timeline, entries, added: timeline.added + posts.length, complete: false });
}

/** Every number up to the newest has been told: whoever has that one is at the end. */
function reached(timeline: Timeline): Timeline {
  const last = lastSeq(timeline) ?? 0;
  return { ...timeline, live: last >= timeline.newest, newest: Math.max(timeline.newest, last) };
}
