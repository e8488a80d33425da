/** Keeping order from the room: whom and what a command means here, and what was said last. Pure. */
import { type Account, isSaid } from "../chat/types.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { truncate } from "../terminal/text.ts";
import { say, type Update } from "./arrivals.ts";
import { person } from "./item_lines.ts";
import type { Item } from "./timeline.ts";
import type { Model } from "./model.ts";
import { readOrder, whoIs } from "./order.ts";
import type { SlashCommand } from "./slash.ts";
import { clockOf } from "./time.ts";

/** Posts that are shown with their numbers, and columns of each. */
const LAST = 5;
const COLUMNS = 60;

/** Those who can be named: who is here, and who has said something that is at hand. */
export function peopleOf({ members, timeline }: Model): readonly Account[] {
  const people = new Map<number, Account>(members);
  for (const entry of timeline.entries) {
    if (entry.type === "post" && !people.has(entry.post.from.account)) {
      people.set(entry.post.from.account, entry.post.from);
    }
  }
  return [...people.values()];
}

export function ordered(model: Model, { name, argument }: Extract<SlashCommand, { type: "order" }>): Update {
  const read = readOrder(name, argument, peopleOf(model));
  if ("wish" in read) return { model, effects: [{ type: "act", wish: read.wish }] };
  return wrong(model, read, name);
}

/** The last that somebody said, or anybody, with the numbers by which it can be removed. */
export function showLast(model: Model, name: string): Update {
  const who = name === "" ? undefined : whoIs(name, peopleOf(model));
  if (who && "problem" in who) return wrong(model, who, "last");
  const posts = model.timeline.entries
    .flatMap((entry) => entry.type === "post" && isSaid(entry.post) ? [entry.post] : [])
    .filter(({ from }) => who === undefined || from.account === who.account)
    .slice(-LAST);
  const { texts } = model.look;
  const items: Item[] = posts.map((post) => {
    const content = sanitize(post.type === "post" ? post.text : post.name);
    return {
      type: "note",
      of: post.seq,
      text: truncate(`${post.seq}  ${clockOf(post.at)} ${person(post.from)} ${content}`, COLUMNS),
    };
  });
  return say(model, ...(items.length > 0 ? items : [{ type: "note", text: texts.nothingFound } as const]));
}

function wrong(
  model: Model,
  { problem, about }: { readonly problem: "usage" | "nobody" | "several"; readonly about: string },
  command: string,
): Update {
  const { wrong } = model.look.texts;
  const text = problem === "usage" ? wrong.order(command, about) : wrong[problem](sanitize(about));
  return say(model, { type: "trouble", text });
}
