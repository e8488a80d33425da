/** What stands beneath the messages: transfers, a word in passing, the status bar, and what is being written. Pure. */
import type { Prompt, StyledText } from "../terminal/prompt_area.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { displayWidth, truncate } from "../terminal/text.ts";
import { person } from "./item_lines.ts";
import { isConnecting, type Model } from "./model.ts";
import { formatQuiet } from "./quiet.ts";

/** Transfers that are listed one by one. */
const MAX_STATUS = 3;

export function promptOf(model: Model): Prompt {
  const { look: { theme, texts }, search, editor } = model;
  const { text, caret } = search?.editor ?? editor;
  return {
    status: [
      ...transferLines(model),
      ...(model.flash === undefined ? [] : [{ text: sanitize(model.flash), style: theme.note }]),
      bar(model),
    ],
    label: { text: search ? "/ " : "› ", style: theme.prompt },
    input: { text, caret },
    placeholder: { text: search ? texts.searchPlaceholder : texts.placeholder, style: theme.placeholder },
  };
}

/** The first ones, and how many more there are: the messages keep most of the screen. */
function transferLines({ transfers, look: { theme, texts } }: Model): readonly StyledText[] {
  const lines = transfers.map(({ line }) => ({ text: sanitize(line), style: theme.transfer }));
  const more = lines.length - MAX_STATUS;
  if (more <= 0) return lines;
  return [...lines.slice(0, MAX_STATUS), { text: texts.moreOnTheWay(more, "files"), style: theme.note }];
}

/** What matters most stands first: a narrow screen cuts the end off. */
function bar(model: Model): StyledText {
  const { me, server, members, link, leaving, unread, outgoing, quiet, look: { theme, texts, size } } = model;
  const parts = [
    stateWord(link, texts),
    ...(leaving ? [texts.leaving] : []),
    ...(unread > 0 ? [texts.unread(unread)] : []),
    ...(link.state !== "online" && outgoing.length > 0 ? [texts.queued(outgoing.length)] : []),
    ...doing(model),
    person(me),
    sanitize(server),
    ...(link.state === "online" ? [texts.here(members.size)] : []),
    ...(quiet.type === "off" ? [] : [quiet.type === "on" ? texts.quiet : `${texts.quiet} ${formatQuiet(quiet)}`]),
  ];
  const text = truncate(`── ${parts.join(" · ")} `, size.columns);
  const rest = "─".repeat(Math.max(0, size.columns - displayWidth(text)));
  return { text: text + rest, style: link.state === "online" ? theme.status : theme.offline };
}

function stateWord(link: Model["link"], texts: Model["look"]["texts"]): string {
  if (link.state === "online") return texts.online;
  if (link.state === "ended") return texts.disconnected;
  return isConnecting(link) ? texts.connecting : texts.offline;
}

function doing({ search, help, anchor, loading, timeline, look: { texts } }: Model): readonly string[] {
  if (help !== undefined) return [texts.helpKeys];
  if (search) {
    if (search.asked !== undefined && !search.answered) return [texts.searching];
    const count = search.results.length;
    const result = count > 0 ? texts.found(count, search.before !== undefined) : texts.nothingFound;
    return [
      ...(search.asked === undefined ? [] : [result]),
      ...(search.local ? [texts.fromCache] : []),
      texts.searchHelp,
    ];
  }
  if (loading !== undefined) return [texts.loading];
  return anchor !== undefined || !timeline.live ? [texts.earlier] : [];
}
