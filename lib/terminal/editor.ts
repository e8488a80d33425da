/**
 * The line editor: what each key makes of its state.
 *
 * Pure. The text may have several lines; enter submits it, alt-enter or ctrl-j begins a new line. The keys are those of
 * Emacs and readline, which people's fingers know. What the editor does not know, or what is not its business (tab,
 * escape, page-up, the mouse), it hands back as an action, so that keys have one path.
 */
import { createEditor, type EditorState, type EditResult, insert, splice } from "./editor_state.ts";
import type { Key } from "./keys.ts";
import {
  graphemeAfter,
  graphemeBefore,
  lineAbove,
  lineBelow,
  lineEnd,
  lineStart,
  wordAfter,
  wordBefore,
} from "./motion.ts";

/** What a key makes of the state. */
export function edit(state: EditorState, key: Key): EditResult {
  if (key.type === "text") return insert(state, { text: key.text, last: "typing" });
  if (key.type === "paste") {
    const result = insert(state, { text: key.text, last: "other" });
    return key.cut ? { state: result.state, action: { type: "full" } } : result;
  }
  const command = key.type === "key" ? commands.get(key.chord) : undefined;
  return command?.(state) ?? { state, action: { type: "key", key } };
}

type Command = (state: EditorState) => EditResult;
type Target = (text: string, at: number) => number;

const move = (target: Target): Command => (state) => ({
  state: { ...state, caret: target(state.text, state.caret), last: "other" },
});

const erase = (target: Target): Command => (state) => {
  const at = target(state.text, state.caret);
  const range = { start: Math.min(at, state.caret), end: Math.max(at, state.caret) };
  return splice(state, { ...range, text: "", last: "other" });
};

/** Erases, and keeps what is erased for ctrl-y; cuts in a row are kept as one. */
const cut = (target: Target): Command => (state) => {
  const at = target(state.text, state.caret);
  const part = state.text.slice(Math.min(at, state.caret), Math.max(at, state.caret));
  const kept = state.last === "cut" ? state.killed : "";
  const killed = at < state.caret ? part + kept : kept + part;
  const { state: next } = erase(target)(state);
  return { state: { ...next, killed: part === "" ? state.killed : killed, last: "cut" } };
};

/** To the line's end; at the end, over it. */
const restOfLine: Target = (text, at) => lineEnd(text, at) === at ? Math.min(text.length, at + 1) : lineEnd(text, at);

/** Shows another text as a whole: one from the history, or the draft. */
function show(state: EditorState, text: string, recalled: number): EditResult {
  return { state: { ...state, text, caret: text.length, recalled, last: "other", undo: [] } };
}

function older(state: EditorState): EditResult {
  const text = state.history[state.recalled - 1];
  if (text === undefined) return { state };
  const draft = state.recalled === state.history.length ? state.text : state.draft;
  return show({ ...state, draft }, text, state.recalled - 1);
}

function newer(state: EditorState): EditResult {
  if (state.recalled >= state.history.length) return { state };
  return show(state, state.history[state.recalled + 1] ?? state.draft, state.recalled + 1);
}

/** The latest earlier text that has in it what was being written; once more, the one before. */
function recall(state: EditorState): EditResult {
  const draft = state.recalled === state.history.length ? state.text : state.draft;
  const wanted = draft.toLowerCase();
  const index = state.history.slice(0, state.recalled).findLastIndex((text) => text.toLowerCase().includes(wanted));
  return index < 0 ? { state } : show({ ...state, draft }, state.history[index] ?? "", index);
}

const up: Command = (state) => {
  const above = lineAbove(state.text, state.caret);
  return above === undefined ? older(state) : { state: { ...state, caret: above, last: "other" } };
};

const down: Command = (state) => {
  const below = lineBelow(state.text, state.caret);
  return below === undefined ? newer(state) : { state: { ...state, caret: below, last: "other" } };
};

function submit(state: EditorState): EditResult {
  const { text, killed, maxBytes } = state;
  const blank = text.trim() === "";
  const history = blank || state.history.at(-1) === text ? state.history : [...state.history, text];
  const cleared = { ...createEditor({ history, maxBytes }), killed };
  return blank ? { state: cleared } : { state: cleared, action: { type: "submit", text } };
}

const interrupt: Command = (state) =>
  state.text === ""
    ? { state, action: { type: "interrupt" } }
    : splice(state, { start: 0, end: state.text.length, text: "", last: "other" });

const undo: Command = (state) => {
  const previous = state.undo.at(-1);
  return previous === undefined
    ? { state }
    : { state: { ...state, ...previous, undo: state.undo.slice(0, -1), last: "other" } };
};

const newline: Command = (state) => insert(state, { text: "\n", last: "other" });
const deleteForward = erase(graphemeAfter);
const deleteBack = erase(graphemeBefore);

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["enter", submit],
  ["alt-enter", newline],
  ["shift-enter", newline],
  ["ctrl-enter", newline],
  ["ctrl-j", newline],
  ["ctrl-c", interrupt],
  ["ctrl-d", (state) => state.text === "" ? { state, action: { type: "eof" } } : deleteForward(state)],
  ["tab", (state) => ({ state, action: { type: "complete" } })],
  ["backspace", deleteBack],
  ["shift-backspace", deleteBack],
  ["ctrl-h", deleteBack],
  ["delete", deleteForward],
  ["left", move(graphemeBefore)],
  ["right", move(graphemeAfter)],
  ["ctrl-b", move(graphemeBefore)],
  ["ctrl-f", move(graphemeAfter)],
  ["ctrl-left", move(wordBefore)],
  ["ctrl-right", move(wordAfter)],
  ["alt-left", move(wordBefore)],
  ["alt-right", move(wordAfter)],
  ["alt-b", move(wordBefore)],
  ["alt-f", move(wordAfter)],
  ["home", move(lineStart)],
  ["end", move(lineEnd)],
  ["ctrl-a", move(lineStart)],
  ["ctrl-e", move(lineEnd)],
  ["ctrl-home", move(() => 0)],
  ["ctrl-end", move((text) => text.length)],
  ["up", up],
  ["down", down],
  ["ctrl-p", up],
  ["ctrl-n", down],
  ["ctrl-r", recall],
  ["ctrl-k", cut(restOfLine)],
  ["ctrl-u", cut(lineStart)],
  ["ctrl-w", cut(wordBefore)],
  ["alt-backspace", cut(wordBefore)],
  ["ctrl-backspace", cut(wordBefore)],
  ["alt-d", cut(wordAfter)],
  ["ctrl-delete", cut(wordAfter)],
  ["ctrl-y", (state) => insert(state, { text: state.killed, last: "other" })],
  ["ctrl-_", undo],
]);
