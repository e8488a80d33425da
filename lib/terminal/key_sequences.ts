/**
 * The escape sequences of keys, as xterm and its many heirs send them, those of the Linux console and rxvt where they
 * differ, and the basics of the kitty keyboard protocol (https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
 */
import type { Key, MouseAction } from "./keys.ts";

const byFinal: ReadonlyMap<string, string> = new Map([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["F", "end"],
  ["H", "home"],
  ["P", "f1"],
  ["Q", "f2"],
  ["R", "f3"],
  ["S", "f4"],
]);

const byNumber: ReadonlyMap<number, string> = new Map([
  [1, "home"],
  [2, "insert"],
  [3, "delete"],
  [4, "end"],
  [5, "page-up"],
  [6, "page-down"],
  [7, "home"],
  [8, "end"],
  ...[11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].map((code, index): [number, string] => [code, `f${index + 1}`]),
]);

/** Keys that the kitty protocol and xterm's modifyOtherKeys name by their code point. */
const byCode: ReadonlyMap<number, string> = new Map([
  [8, "backspace"],
  [9, "tab"],
  [13, "enter"],
  [27, "escape"],
  [32, "space"],
  [127, "backspace"],
  [57_414, "enter"], // on the keypad
]);

const key = (chord: string): Key => ({ type: "key", chord });

/** What follows "ESC [ [" on a Linux console. */
export const functionKeys: ReadonlyMap<string, Key> = new Map(
  [..."ABCDE"].map((final, index) => [final, key(`f${index + 1}`)]),
);

/** "ESC O" and a character: keys in application mode. */
export function ss3Key(final: string): Key | undefined {
  if (final === "M") return key("enter");
  const name = byFinal.get(final);
  return name === undefined ? undefined : key(name);
}

/** "ESC [", parameters and a final character; undefined when it is no key that anybody here knows. */
export function csiKey(parameters: string, final: string): Key | undefined {
  if (parameters.startsWith("<")) return final === "M" || final === "m" ? mouse(parameters, final) : undefined;
  if (!/^[0-9:;]*$/.test(parameters)) return undefined;
  if (parameters === "" && (final === "I" || final === "O")) return { type: "focus", focused: final === "I" };
  const fields = parameters.split(";").map((field) => field.split(":").map(Number));
  const [first = 0, shifted = 0] = fields[0] ?? [];
  const [modifiers = 1, event = 1] = fields[1] ?? [];
  if (event === RELEASED) return undefined;
  if (final === "u") return codeKey({ code: first, modifiers, shifted, typed: fields[2] });
  if (final === "~" && first === 27) return codeKey({ code: fields[2]?.[0] ?? 0, modifiers, shifted: 0 });
  if (final === "Z") return key("shift-tab");
  // A cursor position report ends like F3, but its first number is a row.
  if (final !== "~" && first > 1) return undefined;
  const name = final === "~" ? byNumber.get(first) : byFinal.get(final);
  return name === undefined ? undefined : key(chord(name, modifiers));
}

const RELEASED = 3;
const SHIFT = 1;
const ALT = 2;
const CTRL = 4;

/** The chord of a key and its modifiers, which the terminal counts from 1. Other bits are locks, or keys not used here. */
function chord(name: string, modifiers: number): string {
  const bits = Math.max(0, modifiers - 1);
  return `${bits & CTRL ? "ctrl-" : ""}${bits & ALT ? "alt-" : ""}${bits & SHIFT ? "shift-" : ""}${name}`;
}

interface CodeKey {
  /** The code point of the key without modifiers. */
  readonly code: number;
  readonly modifiers: number;
  /** The code point with shift, 0 when not told. */
  readonly shifted: number;
  /** The code points of the text that the key types. */
  readonly typed?: readonly number[] | undefined;
}

function codeKey({ code, modifiers, shifted, typed = [] }: CodeKey): Key | undefined {
  const bits = Math.max(0, modifiers - 1);
  const name = byCode.get(code);
  if (name !== undefined && !(name === "space" && (bits & (CTRL | ALT)) === 0)) return key(chord(name, modifiers));
  const text = typed.filter(isText);
  if (text.length > 0) return { type: "text", text: String.fromCodePoint(...text) };
  if (!isText(code)) return undefined;
  const character = String.fromCodePoint(code);
  if (bits & (CTRL | ALT)) return key(chord(character.toLowerCase(), modifiers));
  const upper = isText(shifted) ? String.fromCodePoint(shifted) : character.toUpperCase();
  return { type: "text", text: bits & SHIFT ? upper : character };
}

/** Whether a code point stands for text: no control, no surrogate, none of the private ones that name other keys. */
function isText(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff) return false;
  return (code < 0xd800 || code > 0xf8ff) && Number.isInteger(code);
}

/** An SGR mouse report: "<", buttons and modifiers, column and row from 1; the final character tells press from release. */
function mouse(parameters: string, final: string): Key | undefined {
  const match = /^<([0-9]+);([0-9]+);([0-9]+)$/.exec(parameters);
  if (match === null) return undefined;
  const button = Number(match[1]);
  const position = { column: Math.max(0, Number(match[2]) - 1), row: Math.max(0, Number(match[3]) - 1) };
  return { type: "mouse", action: mouseAction(button, final), ...position };
}

function mouseAction(button: number, final: string): MouseAction {
  if (button & 64) return button & 1 ? "wheel-down" : "wheel-up";
  if (final === "m") return "release";
  return button & 32 ? "move" : "press";
}

/** The chord of a control character. */
export function controlChord(byte: number): string {
  if (byte === 0x7f) return "backspace";
  if (byte === 0x0d) return "enter";
  if (byte === 0x09) return "tab";
  if (byte === 0) return "ctrl-space";
  return `ctrl-${String.fromCharCode(byte + (byte <= 26 ? 0x60 : 0x40))}`;
}

/** The chord of an ASCII character that an ESC stands before. */
export function withAlt(byte: number): string {
  const character = String.fromCharCode(byte);
  if (byte === 0x20) return "alt-space";
  if (byte > 0x20 && byte < 0x7f) {
    const lower = character.toLowerCase();
    return lower === character ? `alt-${character}` : `alt-shift-${lower}`;
  }
  const chord = controlChord(byte);
  return chord.startsWith("ctrl-") ? `ctrl-alt-${chord.slice(5)}` : `alt-${chord}`;
}
