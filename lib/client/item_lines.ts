/** What there is to read, as lines. Pure. */
import { type Account, type FilePost, isFile, type Member, type Post, type Said as SaidPost } from "../chat/types.ts";
import { formatSize } from "../files/size.ts";
import { foldFingerprints } from "../net/fold_fingerprints.ts";
import { sanitize } from "../terminal/sanitize.ts";
import type { Size } from "../terminal/size.ts";
import type { Style } from "../terminal/style.ts";
import { displayWidth, padEnd, truncate } from "../terminal/text.ts";
import { MIN_COLUMNS, wrap } from "../terminal/wrap.ts";
import { actLine, removedLine } from "./act_words.ts";
import { replaceMentions } from "./mention.ts";
import type { Look, Outgoing } from "./model.ts";
import type { Drawing } from "./picture_worker.ts";
import { clockOf, timeOf } from "./time.ts";
import type { Item } from "./timeline.ts";

/** What lines depend on: the look, of which only the columns of the pane count, and who reads. */
export interface LineOptions {
  readonly columns: number;
  readonly look: Look;
  readonly me: Account;
  readonly drawing?: Drawing | undefined;
}

/** A picture takes no more of the screen than this, so that what was said before it stays in sight. */
const PICTURE = { columns: 60, rowShare: 0.6, minRows: 4 } as const;
/** Before what was done to keep order. */
const ACT_MARK = "⚑";
/** Where a name takes more than this share of a line, what was said begins on the next one. */
const HEAD_SHARE = 0.5;

/** An item as lines, none wider than the pane. */
export function itemLines(item: Item, options: LineOptions): readonly string[] {
  const { columns, look: { theme, texts } } = options;
  switch (item.type) {
    case "post":
      return postLines(item.post, options);
    case "presence": {
      const { type, member, at } = item.presence;
      const [arrow, word] = type === "joined" ? ["→", texts.cameIn] : ["←", texts.left];
      return hanging(`${clockOf(at)} ${arrow} ${person(member)} ${word}`, theme.note, columns);
    }
    case "members":
      return memberLines(item.members, options);
    case "note":
      return hanging(item.text, theme.note, columns);
    case "trouble":
      return hanging(`! ${item.text}`, theme.trouble, columns);
  }
}

/** The operator of the server has no number. */
export const person = ({ name, account }: Account): string =>
  account === 0 ? sanitize(name) : `${sanitize(name)}(${account})`;

function postLines(post: Post, options: LineOptions): string[] {
  const { columns, look: { theme, texts }, me, drawing } = options;
  if (post.type === "act") {
    return hanging(`${clockOf(post.at)} ${ACT_MARK} ${actLine(post, texts)}`, theme.note, columns);
  }
  if (post.type === "removed") {
    const body = [`[${removedLine(post, texts)}]`];
    return said({ from: post.from, body, mark: clockOf(post.at), tick: " " }, options, theme.note);
  }
  const mine = post.from.account === me.account;
  const body = bodyLines(post);
  const lines = said(
    { from: post.from, body, mark: clockOf(post.at), tick: mine ? "✓" : " " },
    options,
    (line) => mine ? line : replaceMentions(line, me.name, theme.mention),
  );
  if (!isFile(post) || drawing === undefined) return lines;
  const indent = narrowIndent(columns);
  if (drawing.type === "undrawable") {
    return [
      ...lines,
      ...styled(texts.undrawable(drawing), theme.note, columns - indent).map((line) => " ".repeat(indent) + line),
    ];
  }
  // Drawn for a wider pane: it is drawn again in a moment.
  if (drawing.columns + indent > columns) return lines;
  return [...lines, ...drawing.lines.map((line) => " ".repeat(indent) + line)];
}

/** A text on its way, where it will stand. */
export function outgoingLines({ text, trouble }: Outgoing, options: LineOptions): string[] {
  const { theme } = options.look;
  const body = [
    ...sanitize(text, { newlines: true }).split("\n"),
    ...(trouble === undefined ? [] : [`(${sanitize(trouble)})`]),
  ];
  const style = trouble === undefined ? theme.queued : theme.delayed;
  return said({ from: options.me, body, mark: "  …  ", tick: " " }, options, style);
}

interface Said {
  readonly from: Account;
  readonly body: readonly string[];
  /** Five columns: the time, or that there is none yet. */
  readonly mark: string;
  readonly tick: string;
}

/** Behind who said it and when, every line beneath the first: none can pass for somebody else's. */
function said({ from, body, mark, tick }: Said, { columns, look: { theme }, me }: LineOptions, style: Style): string[] {
  const name = person(from);
  const nameStyle: Style = (text) =>
    from.account === me.account ? theme.mine(text) : theme.name(theme.named(from.account)(text));
  const headWidth = displayWidth(mark) + 1 + displayWidth(name) + 1;
  const beside = headWidth <= columns * HEAD_SHARE;
  const indent = beside ? headWidth : narrowIndent(columns);
  const [first = "", ...rest] = body.flatMap((line) => wrap(line, columns - indent)).map(style);
  const lines = rest.map((line) => " ".repeat(indent) + line);
  if (beside) return [`${theme.time(mark)}${tick}${nameStyle(name)} ${first}`, ...lines];
  return [...wrap(`${mark}${tick}${name}`, columns).map(nameStyle), " ".repeat(indent) + first, ...lines];
}

/** Two columns, where that leaves room for a wide character. */
const narrowIndent = (columns: number): number => Math.min(2, columns - MIN_COLUMNS);

function bodyLines(post: SaidPost): string[] {
  if (post.type === "post") return sanitize(post.text, { newlines: true }).split("\n");
  return [`${fileLabel(post)} · /save ${post.seq}`];
}

/** Pictures that are not drawn here still say what they are. */
function fileLabel({ type, name, size, media }: FilePost): string {
  const kind = type === "image" && !/^image\/(png|jpeg)$/.test(media) ? ` ${sanitize(media)}` : "";
  return `${type === "image" ? "▣" : "▤"} ${sanitize(name)} (${formatSize(size)}${kind})`;
}

/** The room that a picture gets in a pane. */
export function pictureSize({ columns, rows }: Size): Size {
  return {
    columns: Math.min(PICTURE.columns, columns - narrowIndent(columns)),
    rows: Math.max(PICTURE.minRows, Math.floor(rows * PICTURE.rowShare)),
  };
}

function memberLines(members: readonly Member[], { columns, look: { theme, texts } }: LineOptions): string[] {
  const sorted = members.toSorted((a, b) => a.since - b.since);
  const width = Math.max(0, ...sorted.map((member) => displayWidth(person(member))));
  const rows = sorted.flatMap((member) =>
    wrap(`  ${padEnd(person(member), width)}  ${texts.since} ${timeOf(member.since)}`, columns)
  );
  return [...styled(texts.hereNow(members.length), theme.heading, columns), ...rows];
}

/** Lines that go on beneath an indent: what others say in a reason, or are called, can pass for no line of its own. */
function hanging(text: string, style: Style, columns: number): string[] {
  const indent = " ".repeat(narrowIndent(columns));
  return foldFingerprints(sanitize(text, { newlines: true }), { columns, widthOf: displayWidth }).split("\n").flatMap(
    (line) => {
      if (displayWidth(line) <= columns) return [style(line)];
      const [first = "", ...rest] = wrap(line, columns - indent.length).map(style);
      return [first, ...rest.map((more) => indent + more)];
    },
  );
}

export function styled(text: string, style: Style, columns: number): string[] {
  return wrap(sanitize(text, { newlines: true }), columns).map(style);
}

/** A line with a text in its middle: a new day, or where what is unread begins. */
export function rule(text: string, style: Style, columns: number): string {
  const label = truncate(` ${text} `, columns);
  const bar = "─".repeat(Math.max(0, Math.floor((Math.min(columns, 60) - displayWidth(label)) / 2)));
  return style(bar + label + bar);
}
