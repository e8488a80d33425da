/**
 * The messages as one flow of lines, of which a pane shows some.
 *
 * It is made of blocks, one for each entry and each text on its way. A block's lines are made when they are needed and
 * kept with their entry, so that a frame costs what it shows, and not what there is.
 */
import type { Post } from "../chat/types.ts";
import { itemLines, outgoingLines, rule } from "./item_lines.ts";
import type { Anchor, Look, Model } from "./model.ts";
import { dayOf } from "./time.ts";
import { chatLayout } from "./layout.ts";
import type { Entry } from "./timeline.ts";
import type { Drawing } from "./picture_worker.ts";

interface Kept {
  readonly columns: number;
  readonly look: Look;
  readonly me: Model["me"];
  readonly drawing: Drawing | undefined;
  readonly lines: readonly string[];
}

const kept = new WeakMap<Entry, Kept>();

function entryLines(entry: Entry, { look, me, drawings }: Model, columns: number): readonly string[] {
  const drawing = entry.type === "post" ? drawings.get(entry.post.id) : undefined;
  const known = kept.get(entry);
  if (
    known && known.columns === columns && known.look.theme === look.theme && known.look.texts === look.texts &&
    known.me === me && known.drawing === drawing
  ) return known.lines;
  const lines = itemLines(entry, { columns, look, me, drawing });
  kept.set(entry, { columns, look, me, drawing, lines });
  return lines;
}

export interface Pane {
  /** As many as the pane has rows, the last one at its foot. */
  readonly lines: readonly string[];
  /** The posts of which something shows. */
  readonly posts: readonly Post[];
}

/** What shows of the messages in so many rows and columns. */
export function paneOf(model: Model, { columns, rows }: Look["size"]): Pane {
  const lines: string[] = [];
  const posts: Post[] = [];
  const { entries } = model.timeline;
  const count = blockCount(model);
  let index = count - 1;
  let below = 0;
  if (model.anchor) {
    const at = anchorIndex(model, model.anchor);
    if (at >= 0) [index, below] = [at, model.anchor.below];
  }
  for (; index >= 0 && lines.length < rows; index--) {
    const block = blockLines(model, index, columns);
    const shown = below > 0 ? block.slice(0, Math.max(0, block.length - below)) : block;
    below = 0;
    lines.unshift(...shown);
    const entry = entries[index];
    if (entry?.type === "post") posts.unshift(entry.post);
  }
  const cut = lines.slice(Math.max(0, lines.length - rows));
  return { lines: [...Array<string>(rows - cut.length).fill(""), ...cut], posts };
}

/** Entries, and behind them what is on its way, which belongs to the end of the room alone. */
const blockCount = ({ timeline, outgoing }: Model): number =>
  timeline.entries.length + (timeline.live ? outgoing.length : 0);

function blockLines(model: Model, index: number, columns: number): readonly string[] {
  const { timeline: { entries }, look, me, outgoing, focus } = model;
  const entry = entries[index];
  if (entry === undefined) {
    const one = outgoing[index - entries.length];
    return one === undefined ? [] : outgoingLines(one, { columns, look, me });
  }
  const lines = entryLines(entry, model, columns);
  if (entry.type !== "post") return lines;
  const before = previousPost(entries, index);
  const heading = dayOf(entry.post.at) !== (before && dayOf(before.at))
    ? [rule(dayOf(entry.post.at), look.theme.day, columns)]
    : [];
  const { unreadFrom } = model;
  const fresh =
    unreadFrom !== undefined && entry.post.seq >= unreadFrom && before !== undefined && before.seq < unreadFrom
      ? [rule(look.texts.unreadLine, look.theme.unread, columns)]
      : [];
  if (heading.length === 0 && fresh.length === 0 && entry.post.seq !== focus) return lines;
  const shown = entry.post.seq === focus ? lines.map((line) => look.theme.focus(line)) : lines;
  return [...heading, ...fresh, ...shown];
}

function previousPost(entries: readonly Entry[], index: number): Post | undefined {
  for (let at = index - 1; at >= 0; at--) {
    const entry = entries[at];
    if (entry?.type === "post") return entry.post;
  }
  return undefined;
}

const anchorIndex = ({ timeline }: Model, { n }: Anchor): number =>
  timeline.entries.findIndex((entry) => entry.n === n);

/** Moves what is shown by so many lines, back for a positive number; at either end it stays there. */
export function scrolled(model: Model, by: number): { readonly anchor: Anchor | undefined; readonly atTop: boolean } {
  const { columns, rows } = chatLayout(model).pane;
  const heights = Array.from({ length: blockCount(model) }, (_, index) => blockLines(model, index, columns).length);
  const total = heights.reduce((sum, height) => sum + height, 0);
  const { anchor } = model;
  const from = anchor === undefined ? -1 : anchorIndex(model, anchor);
  const now = from < 0 || !anchor ? 0 : heights.slice(from + 1).reduce((sum, height) => sum + height, 0) +
    Math.min(anchor.below, Math.max(0, (heights[from] ?? 1) - 1));
  const most = Math.max(0, total - rows);
  const offset = Math.max(0, Math.min(most, now + by));
  return { anchor: offset === 0 ? undefined : anchorAt(model, heights, offset), atTop: now + by >= most - rows };
}

/** The anchor for so many lines beneath the pane. */
function anchorAt({ timeline: { entries } }: Model, heights: readonly number[], offset: number): Anchor | undefined {
  let below = offset;
  for (let index = heights.length - 1; index >= 0; index--) {
    const height = heights[index] ?? 0;
    const entry = entries[index];
    if (below < height && entry) return { n: entry.n, below };
    below = Math.max(0, below - height);
  }
  return undefined;
}

/** The anchor that brings a post into the middle of the pane. */
export function anchorOn(model: Model, seq: number): Anchor | undefined {
  const index = model.timeline.entries.findIndex((entry) => entry.type === "post" && entry.post.seq === seq);
  const entry = model.timeline.entries[index];
  if (entry === undefined) return undefined;
  const { anchor } = scrolled(
    { ...model, anchor: { n: entry.n, below: 0 } },
    -Math.floor(chatLayout(model).pane.rows / 2),
  );
  return anchor;
}
