/** What keys and the mouse make of the room. Pure. */
import { isFile } from "../chat/types.ts";
import { edit } from "../terminal/editor.ts";
import { createEditor, replaceRange } from "../terminal/editor_state.ts";
import type { Key } from "../terminal/keys.ts";
import { fetching, say, seen, unchanged, type Update } from "./arrivals.ts";
import { type Action, resolve } from "./bindings.ts";
import { type Choices, commandChoices, complete, emojiBefore, pathBefore } from "./completion.ts";
import { scrolled } from "./flow.ts";
import { helpRows } from "./help.ts";
import { chatLayout } from "./layout.ts";
import { leave } from "./leaving.ts";
import type { Model } from "./model.ts";
import { ordered, peopleOf, showLast } from "./ordering.ts";
import { parseSlash, type SlashCommand } from "./slash.ts";
import { searchPressed } from "./searching.ts";
import { textsOf } from "./texts.ts";

/** Lines that one step of the mouse wheel scrolls. */
const WHEEL = 3;

export function pressed(model: Model, key: Key): Update {
  if (key.type === "focus") {
    // What is read now is no longer marked once somebody has looked away.
    const unreadFrom = key.focused || model.unread > 0 ? model.unreadFrom : undefined;
    return seen({ ...model, focused: key.focused, unreadFrom });
  }
  if (key.type === "mouse") {
    if (key.action === "wheel-up") return scroll(model, WHEEL);
    return key.action === "wheel-down" ? scroll(model, -WHEEL) : unchanged(model);
  }
  const quiet = { ...model, flash: undefined };
  const meaning = key.type === "key" ? resolve(model.bindings, key.chord) : undefined;
  if (meaning && "action" in meaning) return act(quiet, meaning.action);
  const meant: Key = meaning ? { type: "key", chord: meaning.chord } : key;
  if (model.help !== undefined) return helpPressed(quiet, meant);
  if (model.search) return searchPressed(quiet, model.search, meant);
  return written(quiet, meant);
}

function act(model: Model, action: Action): Update {
  const page = Math.max(1, chatLayout(model).pane.rows - 1);
  switch (action) {
    case "scroll-up":
      return scroll(model, page);
    case "scroll-down":
      return scroll(model, -page);
    case "top":
      return scroll(model, Infinity);
    case "bottom":
      return toEnd(model);
    case "cancel":
      if (model.help !== undefined) return seen({ ...model, help: undefined });
      return model.search ? seen({ ...model, search: undefined }) : toEnd(model);
    case "search":
      return unchanged({ ...model, help: undefined, search: model.search ?? emptySearch() });
    case "help":
      return model.help === undefined ? unchanged({ ...model, help: 0 }) : seen({ ...model, help: undefined });
    case "members":
      return unchanged({ ...model, membersShown: !model.membersShown });
    case "redraw":
      return { model, effects: [{ type: "redraw" }] };
  }
}

const emptySearch = () =>
  ({
    editor: createEditor(),
    asked: undefined,
    answered: false,
    results: [],
    selected: 0,
    before: undefined,
    local: false,
  }) as const;

export function scroll(model: Model, by: number): Update {
  if (model.help !== undefined) {
    const most = Math.max(0, helpRows(model).length - 1);
    return unchanged({ ...model, help: Math.max(0, Math.min(most, model.help - Math.min(by, most))) });
  }
  if (model.search) return unchanged(model);
  const { anchor, atTop } = scrolled(model, by);
  const moved = { ...model, anchor, focus: anchor === undefined ? undefined : model.focus };
  if (by < 0 && anchor === undefined && model.timeline.live) return seen(moved);
  return fetching(moved, { atTop: by > 0 && atTop });
}

/** To the latest: where that is not at hand it is fetched in place of what is. */
function toEnd(model: Model): Update {
  const there = { ...model, anchor: undefined, focus: undefined };
  if (model.timeline.live) return seen(there);
  if (model.loading !== undefined) return unchanged(there);
  return { model: { ...there, loading: "context" }, effects: [{ type: "context", seq: undefined }] };
}

function helpPressed(model: Model, key: Key): Update {
  if (key.type === "text") return key.text === "q" ? seen({ ...model, help: undefined }) : unchanged(model);
  if (key.type !== "key") return unchanged(model);
  if (key.chord === "ctrl-c" || key.chord === "enter") return seen({ ...model, help: undefined });
  return key.chord === "up" || key.chord === "down" ? scroll(model, key.chord === "up" ? 1 : -1) : unchanged(model);
}

function written(model: Model, key: Key): Update {
  const wasEmpty = model.editor.text === "";
  const { state, action } = edit(model.editor, key);
  const next = { ...model, editor: state };
  switch (action?.type) {
    case undefined:
      return key.type === "paste" && wasEmpty && looksLikePath(key.text)
        ? { model: next, effects: [{ type: "probe", text: key.text }] }
        : unchanged(next);
    case "key":
      return unchanged(next);
    case "submit":
      return submitted(next, parseSlash(action.text, model.look.texts));
    case "interrupt":
    case "eof":
      return leave(next);
    case "complete": {
      const writing = pathBefore(state.text, state.caret);
      if (writing !== undefined) return { model: next, effects: [{ type: "list", path: writing.path }] };
      if (emojiBefore(state.text, state.caret)) return { model: next, effects: [{ type: "emoji" }] };
      return choose(next, commandChoices(state.text, state.caret, peopleOf(model)));
    }
    case "full":
      return say(next, { type: "trouble", text: model.look.texts.cutOff });
  }
}

/** What a file manager drops into a terminal is pasted, as one line. */
const looksLikePath = (text: string): boolean => /^\s*(?:["']?(?:\/|~\/)|file:\/\/\/)[^\n]{1,4000}\s*$/.test(text);

/** Completes what can be; where that is nothing more, and there are several choices, shows them. */
export function choose(model: Model, choices: Choices): Update {
  const { editor } = model;
  const completion = complete(editor.text, choices);
  if (completion) return unchanged({ ...model, editor: replaceRange(editor, completion).state });
  return choices.words.length > 1 ? unchanged({ ...model, flash: choices.words.join("  ") }) : unchanged(model);
}

export function submitted(model: Model, command: SlashCommand): Update {
  switch (command.type) {
    case "order":
      return ordered(model, command);
    case "last":
      return showLast(model, command.name);
    case "roles":
    case "audit":
      return { model, effects: [{ type: command.type }] };
    case "invite":
    case "owner":
      return { model, effects: [command] };
    case "say": {
      const there = toEnd({ ...model, unreadFrom: undefined });
      return { ...there, effects: [...there.effects, { type: "post", text: command.text }] };
    }
    case "wrong":
      return say(model, { type: "trouble", text: command.reason });
    case "help":
      return unchanged({ ...model, help: 0 });
    case "who":
      return { model, effects: [{ type: "who" }] };
    case "quit":
      return leave(model);
    case "devices":
      return { model, effects: [{ type: "devices" }] };
    case "revoke":
      return { model, effects: [{ type: "revoke", device: command.device }] };
    case "password":
      return say(model, { type: "note", text: model.look.texts.changePassword(model.me.account) });
    case "logout":
      return { model, effects: [{ type: "forget" }, { type: "quit" }] };
    case "image":
    case "file":
      return { model, effects: [{ type: "send", path: command.path, as: command.type }] };
    case "save":
    case "open": {
      const found = model.timeline.entries.find((entry) => entry.type === "post" && entry.post.seq === command.number);
      const post = found?.type === "post" ? found.post : undefined;
      if (post && !isFile(post)) return say(model, { type: "trouble", text: model.look.texts.noFile(command.number) });
      const path = command.type === "save" ? command.path : undefined;
      return { model, effects: [{ type: command.type, file: post ?? command.number, path }] };
    }
    case "history": {
      const { model: back } = scroll({ ...model, loading: "older" }, chatLayout(model).pane.rows);
      const before = firstPost(model);
      return { model: { ...back, loading: "older" }, effects: [{ type: "older", before, count: command.count }] };
    }
    case "search": {
      const editor = createEditor();
      const { state } = replaceRange(editor, { start: 0, end: 0, text: command.text });
      return searchPressed(model, { ...emptySearch(), editor: state }, { type: "key", chord: "enter" });
    }
    case "theme": {
      const { scheme } = command;
      return {
        ...say(model, { type: "note", text: model.look.texts.theme(scheme) }),
        effects: [{ type: "scheme", scheme }],
      };
    }
    case "lang": {
      const texts = textsOf(command.language);
      return say({ ...model, look: { ...model.look, texts } }, { type: "note", text: texts.language });
    }
    case "quiet": {
      const { texts } = model.look;
      const { quiet } = command;
      const told = say({ ...model, quiet }, { type: "note", text: texts.quietness(quiet) });
      return { ...told, effects: [{ type: "quiet", quiet }] };
    }
  }
}

function firstPost({ timeline }: Model): number | undefined {
  const entry = timeline.entries.find(({ type }) => type === "post");
  return entry?.type === "post" ? entry.post.seq : undefined;
}
