/** How the room looks: items as lines for the scrollback, and the model as the area beneath them. Pure. */
import type { Account, FilePost, Member, Post } from "../chat/types.ts";
import { formatSize } from "../files/size.ts";
import type { Prompt, StyledText } from "../terminal/prompt_area.ts";
import { sanitize } from "../terminal/sanitize.ts";
import type { Size } from "../terminal/size.ts";
import type { Style, Styles } from "../terminal/style.ts";
import { displayWidth, padEnd, truncate } from "../terminal/text.ts";
import { MIN_COLUMNS, wrap } from "../terminal/wrap.ts";
import { mentionOf } from "./mention.ts";
import type { Item, Model, Outgoing } from "./model.ts";
import { clockOf, timeOf } from "./time.ts";

export interface Look {
  readonly size: Size;
  readonly styles: Styles;
}

/** A picture takes no more of the screen than this, so that what was said before it stays in sight. */
const PICTURE = { columns: 60, rowShare: 0.6, minRows: 4 } as const;
/** Where a name takes more than this share of a line, what was said begins on the next one. */
const HEAD_SHARE = 0.5;
/** Messages, and transfers, that are listed one by one while they are on their way. */
const MAX_STATUS = 3;

/** An item as lines, none wider than the screen. */
export function itemLines(item: Item, look: Look): readonly string[] {
  const { styles, size } = look;
  switch (item.type) {
    case "day":
      return [styles.dim(center(truncate(` ${item.day} `, size.columns), size.columns))];
    case "post":
      return postLines(item, look);
    case "presence": {
      const { type, member, at } = item.presence;
      const [arrow, word] = type === "joined" ? ["→", "came in"] : ["←", "left"];
      return styled(`${clockOf(at)} ${arrow} ${person(member)} ${word}`, styles.dim, size.columns);
    }
    case "picture":
      return pictureLines(item, look);
    case "members":
      return memberLines(item.members, look);
    case "note":
      return styled(item.text, styles.dim, size.columns);
    case "trouble":
      return styled(`! ${item.text}`, styles.red, size.columns);
  }
}

const person = ({ name, account }: Account): string => `${sanitize(name)}(${account})`;

function postLines({ post, me, file }: Extract<Item, { type: "post" }>, { size, styles }: Look): string[] {
  const time = clockOf(post.at);
  const name = person(post.from);
  const mine = post.from.account === me.account;
  const nameStyle: Style = (text) =>
    styles.bold(mine ? styles.underline(text) : styles.named(String(post.from.account))(text));
  const head = `${styles.dim(time)} ${nameStyle(name)} `;
  const headWidth = time.length + 1 + displayWidth(name) + 1;
  const beside = headWidth <= size.columns * HEAD_SHARE;
  const indent = beside ? headWidth : narrowIndent(size.columns);
  const mention = mentionOf(sanitize(me.name));
  const body = bodyOf(post, file).flatMap((line) => wrap(line, size.columns - indent))
    .map((line) => mine ? line : line.replace(mention, (found) => styles.bold(styles.inverse(found))));
  const [first = "", ...rest] = body;
  const lines = rest.map((line) => " ".repeat(indent) + line);
  if (beside) return [head + first, ...lines];
  return [...wrap(`${time} ${name}`, size.columns).map(nameStyle), " ".repeat(indent) + first, ...lines];
}

/** Two columns, where that leaves room for a wide character. */
const narrowIndent = (columns: number): number => Math.min(2, columns - MIN_COLUMNS);

function bodyOf(post: Post, number: number | undefined): string[] {
  if (post.type === "post") return sanitize(post.text, { newlines: true }).split("\n");
  return [`${fileLabel(post)} · /save ${number}`];
}

const fileLabel = ({ type, name, size }: FilePost): string =>
  `${type === "image" ? "▣" : "▤"} ${sanitize(name)} (${formatSize(size)})`;

function pictureLines(
  { post, drawing, caption }: Extract<Item, { type: "picture" }>,
  { size, styles }: Look,
): string[] {
  if (drawing.type === "undrawable") {
    return styled(`${sanitize(post.name)}: ${drawing.reason}`, styles.dim, size.columns);
  }
  const indent = " ".repeat(narrowIndent(size.columns));
  return [
    ...(caption ? styled(`${fileLabel(post)} · ${person(post.from)}`, styles.dim, size.columns) : []),
    ...drawing.lines.map((line) => indent + line),
  ];
}

/** The room that a picture gets on a screen. */
export function pictureSize({ columns, rows }: Size): Size {
  return {
    columns: Math.min(PICTURE.columns, columns - narrowIndent(columns)),
    rows: Math.max(PICTURE.minRows, Math.floor(rows * PICTURE.rowShare)),
  };
}

function memberLines(members: readonly Member[], { size, styles }: Look): string[] {
  const sorted = members.toSorted((a, b) => a.since - b.since);
  const width = Math.max(0, ...sorted.map((member) => displayWidth(person(member))));
  const rows = sorted.flatMap((member) =>
    wrap(`  ${padEnd(person(member), width)}  since ${timeOf(member.since)}`, size.columns)
  );
  return [...styled(`${members.length} here now:`, styles.bold, size.columns), ...rows];
}

function styled(text: string, style: Style, columns: number): string[] {
  return wrap(sanitize(text), columns).map(style);
}

function center(text: string, columns: number): string {
  const bar = "─".repeat(Math.max(0, Math.floor((Math.min(columns, 60) - displayWidth(text)) / 2)));
  return bar + text + bar;
}

/** What stands beneath the messages. */
export function promptOf(model: Model, { styles }: Look): Prompt {
  const { text, caret } = model.editor;
  return {
    status: [
      ...few(model.outgoing.map((one) => outgoingLine(one, styles)), "messages", styles),
      ...few(model.transfers.map(({ line }) => ({ text: sanitize(line), style: styles.cyan })), "files", styles),
      bar(model, styles),
    ],
    label: { text: "› ", style: styles.bold },
    input: { text, caret },
    placeholder: { text: "say something, or /help", style: styles.dim },
  };
}

/** The first ones, and how many more there are: the messages keep most of the screen. */
function few(lines: readonly StyledText[], what: string, styles: Styles): readonly StyledText[] {
  const more = lines.length - MAX_STATUS;
  if (more <= 0) return lines;
  return [...lines.slice(0, MAX_STATUS), { text: `… and ${more} more ${what} on the way`, style: styles.dim }];
}

function outgoingLine({ text, trouble }: Outgoing, styles: Styles): StyledText {
  const line = sanitize(text).replaceAll("␊", " ");
  return trouble === undefined
    ? { text: `… ${line}`, style: styles.dim }
    : { text: sanitize(`… ${line} (${trouble})`), style: styles.yellow };
}

function bar({ me, server, members, link, leaving }: Model, styles: Styles): StyledText {
  const who = `${person(me)} · ${sanitize(server)}`;
  if (link.state === "ended") return { text: `── disconnected · ${who} ──`, style: styles.red };
  if (link.state === "offline") {
    return { text: `── offline, trying again; what you write is sent then · ${who} ──`, style: styles.yellow };
  }
  return { text: `── ${leaving ? "leaving · " : ""}${who} · ${members.size} here ──`, style: styles.dim };
}
