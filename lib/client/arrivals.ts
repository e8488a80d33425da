/** What arrives in the room makes of it: posts, pages of the history, and what the client has to say itself. Pure. */
import type { Role } from "../chat/act.ts";
import type { AccountNumber, ActPost, Post } from "../chat/types.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { isMention } from "./mention.ts";
import type { Effect, Input, Model } from "./model.ts";
import { withRemoved } from "./removal.ts";
import { isQuiet } from "./quiet.ts";
import { anchorOn } from "./flow.ts";
import { append, firstSeq, type Item, lastSeq, prepend, replace, say as sayIn, tell, withdraw } from "./timeline.ts";

export interface Update {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export const unchanged = (model: Model): Update => ({ model, effects: [] });

/** Adds what the client says to the end of the messages, and where those are out of sight says it in passing, too. */
export function say(model: Model, ...items: readonly Item[]): Update {
  const words = items.flatMap((item) => item.type === "note" || item.type === "trouble" ? [item.text] : []);
  const hidden = model.anchor !== undefined || !model.timeline.live || model.search !== undefined ||
    model.help !== undefined;
  const flash = hidden && words.length > 0 ? words.join(" ") : model.flash;
  return unchanged({ ...model, timeline: sayIn(model.timeline, items), flash });
}

/** Whether what comes is seen at once. */
const attentive = (model: Model): boolean =>
  model.focused && model.anchor === undefined && model.timeline.live && !model.search && model.help === undefined;

/** A post that the server tells: one that was just said, or one of those that were said before we came. */
export function posted(model: Model, post: Post): Update {
  return told(post.type === "act" ? acted(model, post) : model, post);
}

/** What follows from an act for what is shown beside it. */
function acted(model: Model, post: ActPost): Model {
  const { act } = post;
  switch (act.type) {
    case "delete": {
      const { search } = model;
      const gone = model.timeline.entries.find((entry) => entry.type === "post" && entry.post.seq === act.post);
      const drawings = new Map(model.drawings);
      if (gone?.type === "post") drawings.delete(gone.post.id);
      return {
        ...model,
        drawings,
        timeline: withdraw(model.timeline, post),
        search: search && { ...search, results: withRemoved(search.results, post) },
      };
    }
    case "claim":
      return withRole(model, act.target.account, "owner");
    case "role":
      return withRole(model, act.target.account, act.role);
    default:
      return model;
  }
}

function withRole(model: Model, account: AccountNumber, role: Role): Model {
  const member = model.members.get(account);
  if (!member) return model;
  const { role: _, ...rest } = member;
  const members = new Map(model.members).set(account, role === "member" ? rest : { ...rest, role });
  return { ...model, members };
}

function told(model: Model, post: Post): Update {
  const known = post.seq <= model.timeline.newest;
  const reading = model.anchor !== undefined;
  const next = { ...withoutOutgoing(model, post.id), timeline: tell(model.timeline, post, { reading }) };
  if (known) return unchanged(next);
  const others = post.from.account !== model.me.account && post.type !== "act";
  if (attentive(model)) return { model: next, effects: [...ring(model, post), { type: "read", seq: post.seq }] };
  const fresh = others && post.seq > model.head;
  const unreadFrom = model.unread > 0 ? model.unreadFrom : post.seq;
  return {
    model: fresh ? { ...next, unread: model.unread + 1, unreadFrom } : next,
    effects: ring(model, post),
  };
}

/** A mention by somebody else rings, and where nobody looks it is told to the desktop, too. */
function ring(model: Model, post: Post): readonly Effect[] {
  const { me, head, quiet } = model;
  if (post.type !== "post" || post.seq <= head || post.from.account === me.account) return [];
  if (!isMention(post.text, me.name) || isQuiet(quiet, post.at)) return [];
  if (attentive(model)) return [{ type: "bell" }];
  return [{ type: "notify", title: sanitize(post.from.name), body: sanitize(post.text) }];
}

/** Somebody looks again: all is read. The line before what was unread stays until they look away. */
export function seen(model: Model): Update {
  if (!attentive(model)) return unchanged(model);
  const { newest } = model.timeline;
  return { model: { ...model, unread: 0 }, effects: newest > 0 ? [{ type: "read", seq: newest }] : [] };
}

export function paged(model: Model, input: Extract<Input, { type: "page" }>): Update {
  const { timeline } = model;
  const next = { ...model, loading: undefined };
  switch (input.place) {
    case "older":
      return unchanged({ ...next, timeline: prepend(timeline, input.posts) });
    case "newer":
      return unchanged({ ...next, timeline: append(timeline, input.posts) });
    case "context": {
      const { anchor: _, ...rest } = next;
      const there = { ...rest, anchor: undefined, focus: input.focus, timeline: replace(timeline, input.posts) };
      if (input.focus === undefined) return seen(there);
      const anchor = anchorOn(there, input.focus);
      return unchanged({ ...there, anchor, search: undefined });
    }
  }
}

/** What has to be fetched for somebody who reads on in either direction. */
export function fetching(model: Model, { atTop }: { readonly atTop: boolean }): Update {
  const { timeline, anchor, loading } = model;
  if (loading !== undefined) return unchanged(model);
  if (atTop && !timeline.complete) {
    const older = { type: "older", before: firstSeq(timeline), count: PAGE } as const;
    return { model: { ...model, loading: "older" }, effects: [older] };
  }
  const last = lastSeq(timeline);
  if (anchor === undefined && !timeline.live && last !== undefined) {
    return { model: { ...model, loading: "newer" }, effects: [{ type: "newer", after: last }] };
  }
  return unchanged(model);
}

/** Events in a page that is fetched while scrolling. */
export const PAGE = 100;

export function withoutOutgoing(model: Model, id: string): Model {
  const outgoing = model.outgoing.filter((one) => one.id !== id);
  return outgoing.length === model.outgoing.length ? model : { ...model, outgoing };
}
