/** How the room looks: the model as a frame of the whole screen. Pure. */
import type { Member, Post } from "../chat/types.ts";
import type { Frame, Row } from "../terminal/full_screen.ts";
import { padEnd, truncate } from "../terminal/text.ts";
import { paneOf } from "./flow.ts";
import { helpLines } from "./help.ts";
import { itemLines, person } from "./item_lines.ts";
import { chatLayout, type Layout } from "./layout.ts";
import type { Model, Search } from "./model.ts";
import { dayOf } from "./time.ts";

/** Where a pane is no wider there is no room for a mark before what was found. */
const NARROW = 10;

export interface View {
  readonly frame: Frame;
  /** The posts of which something shows: their pictures are worth drawing. */
  readonly posts: readonly Post[];
}

export function view(model: Model): View {
  const layout = chatLayout(model);
  const { lines, posts } = paneLines(model, layout);
  const side = sideLines(model, layout);
  const rows: Row[] = lines.map((text, index) => {
    const beside = side[index];
    return layout.side && beside !== undefined
      ? { text, side: { column: layout.side.column, text: beside } }
      : { text };
  });
  const { caret } = layout.foot;
  const { size } = model.look;
  return {
    frame: {
      rows: [...rows, ...layout.foot.lines.map((text) => ({ text }))].slice(0, size.rows),
      caret: {
        row: Math.min(size.rows - 1, rows.length + caret.row),
        column: Math.min(size.columns - 1, caret.column),
      },
    },
    posts,
  };
}

function paneLines(
  model: Model,
  { pane }: Layout,
): { readonly lines: readonly string[]; readonly posts: readonly Post[] } {
  if (model.help !== undefined) {
    const shown = helpLines(model, pane.columns).slice(model.help, model.help + pane.rows);
    return { lines: [...shown, ...Array<string>(pane.rows - shown.length).fill("")], posts: [] };
  }
  return model.search ? { lines: searchLines(model, model.search, pane), posts: [] } : paneOf(model, pane);
}

/** What was found, of which the chosen one always shows. */
function searchLines({ look, me }: Model, { results, selected }: Search, { columns, rows }: Layout["pane"]): string[] {
  const lines: string[] = [];
  const [mark, blank] = columns > NARROW ? ["▶ ", "  "] : ["", ""];
  let end = 0;
  for (const [index, post] of results.entries()) {
    const [first = "", ...rest] = itemLines({ type: "post", post }, { columns: columns - mark.length, look, me });
    const chosen = index === selected;
    const style = chosen ? look.theme.focus : (text: string) => text;
    if (index === 0 || dayOf(post.at) !== dayOf(results[index - 1]?.at ?? 0)) {
      lines.push(look.theme.day(truncate(blank + dayOf(post.at), columns)));
    }
    lines.push(...[(chosen ? mark : blank) + first, ...rest.map((line) => blank + line)].map(style));
    if (chosen) end = lines.length;
  }
  const last = Math.max(Math.min(lines.length, rows), Math.min(lines.length, end + Math.floor(rows / 2)));
  const shown = lines.slice(Math.max(0, last - rows), last);
  return [...Array<string>(rows - shown.length).fill(""), ...shown];
}

function sideLines({ members, look: { theme, texts } }: Model, { side, pane }: Layout): readonly string[] {
  if (!side) return [];
  const sorted = [...members.values()].toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : a.account - b.account
  );
  const fitting = sorted.length <= pane.rows - 1 ? sorted : sorted.slice(0, Math.max(0, pane.rows - 2));
  const names = fitting.map((member) =>
    theme.named(member.account)(padEnd(truncate(markOf(member) + person(member), side.columns), side.columns))
  );
  const rest = sorted.length - fitting.length;
  const list = [theme.heading(texts.here(members.size)), ...names, ...(rest > 0 ? [theme.side(texts.more(rest))] : [])];
  return Array.from({ length: pane.rows }, (_, index) => `${theme.side("│")} ${list[index] ?? ""}`);
}

/** What stands before those who keep order. */
const markOf = ({ role }: Member): string => role === "owner" ? "★ " : role === "moderator" ? "☆ " : "";

/** The window's title: how much is unread, and where. */
export const titleOf = ({ unread, server }: Model): string => `${unread > 0 ? `(${unread}) ` : ""}chat – ${server}`;
