/** What everything that can happen makes of the room: a new model, and the effects that the shell then has. Pure. */
import type { Member } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { edit } from "../terminal/editor.ts";
import { replaceRange } from "../terminal/editor_state.ts";
import type { Key } from "../terminal/keys.ts";
import { posted, say, showHistory, unchanged, type Update, withoutOutgoing } from "./arrivals.ts";
import { type Choices, commandChoices, complete, pathBefore, pathChoices } from "./completion.ts";
import { byAccount, type Input, type Item, type Model } from "./model.ts";
import { parseSlash, SLASH_COMMANDS, type SlashCommand } from "./slash.ts";

export type { Update };

const note = (text: string): Item => ({ type: "note", text });
const trouble = (model: Model, text: string): Update => say(model, { type: "trouble", text });

export function update(model: Model, input: Input): Update {
  const next = react(model, input);
  const quits = next.effects.some(({ type }) => type === "quit");
  return next.model.leaving && !quits && underWay(next.model) === undefined
    ? { ...next, effects: [...next.effects, { type: "quit" }] }
    : next;
}

function react(model: Model, input: Input): Update {
  switch (input.type) {
    case "key":
      return pressed(model, input.key);
    case "told":
      return told(model, input.message);
    case "link":
      return linked(model, input.link);
    case "sending":
      return unchanged({ ...model, outgoing: [...model.outgoing, { id: input.id, text: input.text }] });
    case "stored":
      return unchanged(withoutOutgoing(model, input.id));
    case "unsent":
      return unsent(model, input);
    case "delayed":
      return unchanged({
        ...model,
        outgoing: model.outgoing.map((one) => one.id === input.id ? { ...one, trouble: input.reason } : one),
      });
    case "history":
      return showHistory(model, input.posts);
    case "members":
      return say(withMembers(model, input.members), { type: "members", members: input.members });
    case "transfer": {
      const others = model.transfers.filter(({ id }) => id !== input.transfer.id);
      const transfers = [...others, input.transfer].toSorted((a, b) => a.id - b.id);
      return unchanged({ ...model, transfers });
    }
    case "transferred": {
      const next = { ...model, transfers: model.transfers.filter(({ id }) => id !== input.id) };
      if (input.trouble !== undefined) return trouble(next, input.trouble);
      return input.note === undefined ? unchanged(next) : say(next, note(input.note));
    }
    case "picture":
      return say(model, { ...input, caption: input.post.id !== model.lastPrinted });
    case "listed":
      return listed(model, input);
    case "note":
    case "trouble":
      return say(model, { type: input.type, text: input.text });
    case "terminated":
      return left(model);
  }
}

function pressed(model: Model, key: Key): Update {
  const { state, action } = edit(model.editor, key);
  const next = { ...model, editor: state };
  switch (action?.type) {
    case undefined:
    case "key":
      return unchanged(next);
    case "submit":
      return submitted(next, parseSlash(action.text));
    case "interrupt":
    case "eof":
      return leave(next);
    case "complete": {
      const writing = pathBefore(state.text, state.caret);
      if (writing !== undefined) return { model: next, effects: [{ type: "list", path: writing.path }] };
      return choose(next, commandChoices(state.text, state.caret, [...model.members.values()]));
    }
    case "full":
      return trouble(next, "That is too long for one message; the rest was cut off. Send it with /file.");
  }
}

/** Completes what can be; where that is nothing more, and there are several choices, shows them. */
function choose(model: Model, choices: Choices): Update {
  const { editor } = model;
  const completion = complete(editor.text, choices);
  if (completion) return unchanged({ ...model, editor: replaceRange(editor, completion).state });
  return choices.words.length > 1 ? say(model, note(choices.words.join("  "))) : unchanged(model);
}

/** The answer to tab behind a path, unless something else is being written by now. */
function listed(model: Model, { path, entries }: Extract<Input, { type: "listed" }>): Update {
  const { text, caret } = model.editor;
  return pathBefore(text, caret)?.path === path ? choose(model, pathChoices(text, caret, entries)) : unchanged(model);
}

function submitted(model: Model, command: SlashCommand): Update {
  switch (command.type) {
    case "say":
      return { model, effects: [{ type: "post", text: command.text }] };
    case "wrong":
      return trouble(model, command.reason);
    case "help":
      return say(model, ...helpItems());
    case "who":
      return { model, effects: [{ type: "who" }] };
    case "quit":
      return leave(model);
    case "image":
    case "file":
      return { model, effects: [{ type: "send", path: command.path, as: command.type }] };
    case "save": {
      const file = model.files[command.number - 1];
      if (!file) return trouble(model, `There is no file ${command.number} here; the number stands beside the file.`);
      return { model, effects: [{ type: "save", file, path: command.path }] };
    }
    case "history":
      return { model, effects: [{ type: "history", before: model.oldest, count: command.count }] };
  }
}

function helpItems(): Item[] {
  const width = Math.max(...SLASH_COMMANDS.map(({ usage }) => usage.length));
  return [
    ...SLASH_COMMANDS.map(({ usage, help }) => note(`${usage.padEnd(width)}  ${help}`)),
    note("alt-enter: new line · up, down: what you wrote before · tab: complete · ctrl-d: leave"),
  ];
}

function told(model: Model, message: ServerMessage): Update {
  switch (message.op) {
    case "event": {
      const { op: _, room: __, ...post } = message;
      return posted(model, post);
    }
    case "presence": {
      const members = new Map(model.members);
      if (message.type === "joined") members.set(message.member.account, message.member);
      else members.delete(message.member.account);
      const next = { ...model, members };
      // That one is here oneself is no news, not even after a loss of the connection.
      if (message.member.account === model.me.account) return unchanged(next);
      return say(next, { type: "presence", presence: message });
    }
    case "members":
      return unchanged(withMembers(model, message.members));
    case "behind":
      return say(model, note("Much is being said; catching up …"));
    case "bye":
      return message.reason === "logout" ? unchanged(model) : say(model, note(message.message));
    case "error":
      return trouble(model, message.message);
    default:
      return unchanged(model);
  }
}

/** What was refused goes back to where it was written, unless something else is being written there. */
function unsent(model: Model, { id, text, reason }: { id: string; text: string; reason: string }): Update {
  const next = { ...withoutOutgoing(model, id), leaving: false };
  const problem = { type: "trouble", text: `Not sent: ${reason}` } as const;
  if (next.editor.text !== "") return say(next, problem, note(text));
  return say({ ...next, editor: replaceRange(next.editor, { start: 0, end: 0, text }).state }, problem);
}

function linked(model: Model, link: Model["link"]): Update {
  const next = { ...model, link };
  if (link.state === "online") return say(next, note("Connected again."));
  if (link.state === "ended") {
    const { model: last, effects } = left(next);
    return { model: last, effects: [...trouble(next, link.error.message).effects, ...effects] };
  }
  return model.link.state === "online" ? trouble(next, `Offline: ${link.reason}`) : unchanged(next);
}

/** Leaves, or waits with that for what is under way; asking again does not wait. */
function leave(model: Model): Update {
  const waiting = underWay(model);
  if (waiting === undefined || model.leaving) return left(model);
  return say({ ...model, leaving: true }, note(`Leaving when ${waiting} done; once more (ctrl-d) leaves at once.`));
}

/** Leaves now. What was not sent stays on the screen, so that it can be sent another time. */
function left(model: Model): Update {
  const lost = model.outgoing.map(({ text }) => ({ type: "trouble", text: `Not sent: ${text}` }) as const);
  return { model, effects: [...(lost.length > 0 ? say(model, ...lost).effects : []), { type: "quit" }] };
}

function underWay({ outgoing, transfers }: Model): string | undefined {
  const files = transfers.filter(({ wanted }) => wanted).length;
  const parts = [
    ...(outgoing.length > 0 ? [count(outgoing.length, "message")] : []),
    ...(files > 0 ? [count(files, "file")] : []),
  ];
  if (parts.length === 0) return undefined;
  return `${parts.join(" and ")} ${outgoing.length + files === 1 ? "is" : "are"}`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

function withMembers(model: Model, members: readonly Member[]): Model {
  return { ...model, members: byAccount(members) };
}
