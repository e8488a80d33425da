/** What posts make of the room, whether they are told as they come or were said before. Pure. */
import type { FilePost, Post } from "../chat/types.ts";
import { mentionOf } from "./mention.ts";
import type { Effect, Item, Model } from "./model.ts";
import { dayOf } from "./time.ts";

export interface Update {
  readonly model: Model;
  readonly effects: readonly Effect[];
}

export const unchanged = (model: Model): Update => ({ model, effects: [] });

/** Prints, and remembers which post stands last: a picture beneath its own post needs no caption. */
export function say(model: Model, ...items: readonly Item[]): Update {
  const last = items.at(-1);
  const lastPrinted = last?.type === "post" ? last.post.id : undefined;
  return { model: { ...model, lastPrinted }, effects: [{ type: "print", items }] };
}

/** A post that the server tells: one that was just said, or one of the last that were said before we came. */
export function posted(model: Model, post: Post): Update {
  const day = dayOf(post.at);
  const { items, files } = itemsOf(model, [post], model.day);
  const told = say({ ...withoutOutgoing(model, post.id), files, day, oldest: model.oldest ?? post.seq }, ...items);
  const picture = pictureToShow(told.model, post);
  const show: Effect[] = picture === undefined ? [] : [{ type: "show", file: picture }];
  const bell: Effect[] = concerns(model, post) ? [{ type: "bell" }] : [];
  return { model: told.model, effects: [...told.effects, ...show, ...bell] };
}

/** Of what was said before we came only the last picture is shown, so that the words stay in sight. */
function pictureToShow({ files, head }: Model, post: Post): FilePost | undefined {
  if (post.seq === head) return files.findLast(({ type }) => type === "image");
  return post.seq > head && post.type === "image" ? post : undefined;
}

const concerns = ({ me, head }: Model, post: Post): boolean =>
  post.type === "post" && post.seq > head && post.from.account !== me.account && mentionOf(me.name).test(post.text);

/** Posts that `/history` asked for. Asked twice before the first answer, it brings the same ones again. */
export function showHistory(model: Model, posts: readonly Post[]): Update {
  if (posts.length === 0) return say(model, { type: "note", text: "There is nothing before that." });
  const earlier = posts.filter(({ seq }) => seq < (model.oldest ?? Infinity));
  const [first] = earlier;
  if (!first) return unchanged(model);
  const { items, files } = itemsOf(model, earlier, undefined);
  const next = { ...model, files, oldest: first.seq, day: undefined };
  return say(next, { type: "note", text: "── earlier ──" }, ...items, { type: "note", text: "── until here ──" });
}

/** Posts with a line before each new day, and the files with their numbers. */
function itemsOf({ me, files: known }: Model, posts: readonly Post[], shownDay: string | undefined) {
  const files = [...known];
  let day = shownDay;
  const items = posts.flatMap((post): Item[] => {
    const heading: Item[] = dayOf(post.at) === day ? [] : [{ type: "day", day: dayOf(post.at) }];
    day = dayOf(post.at);
    if (post.type === "post") return [...heading, { type: "post", post, me }];
    return [...heading, { type: "post", post, me, file: files.push(post) }];
  });
  return { items, files };
}

export function withoutOutgoing(model: Model, id: string): Model {
  return { ...model, outgoing: model.outgoing.filter((one) => one.id !== id) };
}
