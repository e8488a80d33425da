/**
 * The state of the line editor, and the one way in which its text changes.
 *
 * Whatever is put in is made harmless first (see `sanitize.ts`), since it will be shown as it is; it is cut where the text
 * would grow past its limit, and the change can be undone.
 */
import type { Key } from "./keys.ts";
import { sanitize } from "./sanitize.ts";
import { graphemes } from "./text.ts";

/** The UTF-8 bytes of a text. */
const MAX_BYTES = 64 * 1024;
const MAX_HISTORY = 200;
const MAX_UNDO = 100;

export interface EditorState {
  readonly text: string;
  /** In UTF-16 units; normally between graphemes. */
  readonly caret: number;
  /** What was cut last, and ctrl-y brings back. */
  readonly killed: string;
  /** Earlier submissions, oldest first. */
  readonly history: readonly string[];
  /** Which of them is shown; `history.length` while it is none of them. */
  readonly recalled: number;
  /** What was being written before one of them was shown. */
  readonly draft: string;
  /** What ctrl-_ goes back to, the latest last. */
  readonly undo: readonly { readonly text: string; readonly caret: number }[];
  /** What the last key was, since typing undoes in runs and cuts in a row gather. */
  readonly last: "typing" | "cut" | "other";
  /** The most UTF-8 bytes that the text may have. */
  readonly maxBytes: number;
}

export interface EditorOptions {
  readonly history?: readonly string[];
  /** UTF-8 bytes; default 64 KiB. */
  readonly maxBytes?: number;
}

/** What a key means beyond the text. */
export type EditorAction =
  | { readonly type: "submit"; readonly text: string }
  /** ctrl-c with nothing written; with something written it clears that. */
  | { readonly type: "interrupt" }
  /** ctrl-d with nothing written. */
  | { readonly type: "eof" }
  /** Tab: see {@linkcode replaceRange}. */
  | { readonly type: "complete" }
  /** Something did not fit and was cut off. */
  | { readonly type: "full" }
  /** Not the editor's. */
  | { readonly type: "key"; readonly key: Key };

export interface EditResult {
  readonly state: EditorState;
  readonly action?: EditorAction;
}

export function createEditor({ history = [], maxBytes = MAX_BYTES }: EditorOptions = {}): EditorState {
  const kept = history.slice(-MAX_HISTORY);
  const empty = { text: "", caret: 0, killed: "", draft: "", undo: [], last: "other" } as const;
  return { ...empty, history: kept, recalled: kept.length, maxBytes };
}

/** Replaces a part of the text, for completion. The caret goes behind what is new. */
export function replaceRange(
  state: EditorState,
  { start, end, text }: { readonly start: number; readonly end: number; readonly text: string },
): EditResult {
  return splice(state, { start, end, text, last: "other" });
}

export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly last: EditorState["last"];
}

export function insert(state: EditorState, { text, last }: Pick<Splice, "text" | "last">): EditResult {
  return splice(state, { start: state.caret, end: state.caret, text, last });
}

export function splice(state: EditorState, { start, end, text, last }: Splice): EditResult {
  const before = state.text.slice(0, start);
  const after = state.text.slice(end);
  const wanted = sanitize(text, { newlines: true });
  const fitting = fit(wanted, state.maxBytes - byteLength(before) - byteLength(after));
  const changed = { ...state, text: before + fitting + after, caret: start + fitting.length, last };
  const result = changed.text === state.text ? changed : { ...changed, undo: remember(state, last, fitting) };
  return fitting === wanted ? { state: result } : { state: result, action: { type: "full" } };
}

/** A run of typing undoes word by word: only what follows a space begins a new step. */
function remember(state: EditorState, last: EditorState["last"], typed: string): EditorState["undo"] {
  const goesOn = last === "typing" && state.last === "typing" && !/^\s/.test(typed);
  return goesOn ? state.undo : [...state.undo, { text: state.text, caret: state.caret }].slice(-MAX_UNDO);
}

const encoder = new TextEncoder();
const byteLength = (text: string) => encoder.encode(text).length;

/** As many whole graphemes of the text as there is room for. */
function fit(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || byteLength(text) <= bytes) return text;
  let used = 0;
  let kept = "";
  for (const grapheme of graphemes(text)) {
    used += byteLength(grapheme);
    if (used > bytes) break;
    kept += grapheme;
  }
  return kept;
}
