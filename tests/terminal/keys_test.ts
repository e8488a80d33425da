import assert from "node:assert/strict";
import fc from "fast-check";
import { type Key, KeyDecoder } from "../../lib/terminal/keys.ts";
import { MAX_PASTE } from "../../lib/terminal/paste_buffer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const decode = (text: string): readonly Key[] => new KeyDecoder().push(bytes(text));
const key = (chord: string): Key => ({ type: "key", chord });
const text = (text: string): Key => ({ type: "text", text });

Deno.test("text is text, in every script", () => {
  assert.deepEqual(decode("hello 你好 👨‍👩‍👧"), [text("hello 你好 👨‍👩‍👧")]);
});

Deno.test("controls of the second block are not typed", () => {
  assert.deepEqual(decode("a\x80\x9bb"), [text("ab")]);
});

Deno.test("keys of many terminals", () => {
  const sequences: Readonly<Record<string, string>> = {
    "\r": "enter",
    "\n": "ctrl-j",
    "\t": "tab",
    "\x7f": "backspace",
    "\b": "ctrl-h",
    "\x01": "ctrl-a",
    "\x1a": "ctrl-z",
    "\x1f": "ctrl-_",
    "\x1c": "ctrl-\\",
    "\0": "ctrl-space",
    "\x1b[A": "up",
    "\x1bOA": "up",
    "\x1b[1;5D": "ctrl-left",
    "\x1b[1;3C": "alt-right",
    "\x1b[1;2B": "shift-down",
    "\x1b[1;8H": "ctrl-alt-shift-home",
    "\x1b[H": "home",
    "\x1b[4~": "end",
    "\x1b[8~": "end",
    "\x1b[3~": "delete",
    "\x1b[3;5~": "ctrl-delete",
    "\x1b[5~": "page-up",
    "\x1b[6;5~": "ctrl-page-down",
    "\x1b[Z": "shift-tab",
    "\x1bOP": "f1",
    "\x1b[1;2Q": "shift-f2",
    "\x1b[15~": "f5",
    "\x1b[24~": "f12",
    "\x1b[[A": "f1",
    "\x1b[[E": "f5",
    "\x1bOM": "enter",
    "\x1bb": "alt-b",
    "\x1bB": "alt-shift-b",
    "\x1b.": "alt-.",
    "\x1b ": "alt-space",
    "\x1b\r": "alt-enter",
    "\x1b\x7f": "alt-backspace",
    "\x1b\x06": "ctrl-alt-f",
    // kitty's protocol and xterm's modifyOtherKeys
    "\x1b[27u": "escape",
    "\x1b[13;2u": "shift-enter",
    "\x1b[97;5u": "ctrl-a",
    "\x1b[97:65;6u": "ctrl-shift-a",
    "\x1b[98;3:1u": "alt-b",
    "\x1b[127;133u": "ctrl-backspace",
    "\x1b[32;5u": "ctrl-space",
    "\x1b[27;2;13~": "shift-enter",
    "\x1b[57414u": "enter",
  };
  for (const [sequence, chord] of Object.entries(sequences)) {
    assert.deepEqual(decode(sequence), [key(chord)], JSON.stringify(sequence));
  }
});

Deno.test("kitty's protocol can type, too", () => {
  assert.deepEqual(decode("\x1b[97u\x1b[97;2u\x1b[49:33;2u\x1b[32u\x1b[97;;228u"), ["a", "A", "!", " ", "ä"].map(text));
});

Deno.test("mouse and focus", () => {
  assert.deepEqual(decode("\x1b[<64;10;5M\x1b[<65;10;5M\x1b[<0;1;1M\x1b[<0;1;1m\x1b[<35;3;4M"), [
    { type: "mouse", action: "wheel-up", column: 9, row: 4 },
    { type: "mouse", action: "wheel-down", column: 9, row: 4 },
    { type: "mouse", action: "press", column: 0, row: 0 },
    { type: "mouse", action: "release", column: 0, row: 0 },
    { type: "mouse", action: "move", column: 2, row: 3 },
  ]);
  assert.deepEqual(decode("\x1b[I\x1b[O"), [{ type: "focus", focused: true }, { type: "focus", focused: false }]);
});

Deno.test("what is unknown is swallowed, and what stands behind it is not", () => {
  const unknown = [
    "\x1b[?62;c", // what the terminal is
    "\x1b[24;80R", // where the cursor is
    "\x1b[?2026;2$y",
    "\x1b[?1u",
    "\x1b[99~",
    "\x1b[1;5X",
    "\x1b[97;1:3u", // a key let go
    "\x1b[57358u", // caps lock
    "\x1b[M !!", // an old mouse report
    "\x1b]11;rgb:0000/0000/0000\x07",
    "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1bP1+r544e\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    `\x1b[${"1;".repeat(5000)}A`,
  ];
  for (const sequence of unknown) {
    assert.deepEqual(decode(`${sequence}z`), [text("z")], JSON.stringify(sequence));
  }
  for (const sequence of unknown) assert.deepEqual(decode(sequence), []);
});

Deno.test("a sequence that another one interrupts does not swallow it", () => {
  assert.deepEqual(decode("\x1b[1;\x1b[A\x1bO\x1b[B\x1b[12\rx"), [key("up"), key("down"), key("enter"), text("x")]);
  assert.deepEqual(decode("\x1bé"), [text("é")]);
});

Deno.test("an ESC waits to be told that it is the Escape key", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(bytes("a\x1b")), [text("a")]);
  assert.equal(decoder.waiting, "escape");
  assert.deepEqual(decoder.flush(), [key("escape")]);
  assert.equal(decoder.waiting, "nothing");
  assert.deepEqual(decoder.push(bytes("\x1b\x1b")), [key("escape")]);
  assert.deepEqual(decoder.push(bytes("[A")), [key("up")]);
});

Deno.test("what comes behind an ESC in a read of its own was typed behind Escape", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(bytes("\x1b")), []);
  assert.deepEqual(decoder.push(bytes("hello\r")), [key("escape"), text("hello"), key("enter")]);
  assert.deepEqual(decoder.push(bytes("\x1bh")), [key("alt-h")]);
});

Deno.test("alt and a bracket is no endless sequence", () => {
  for (const [typed, chord] of [["\x1b[", "alt-["], ["\x1bO", "alt-shift-o"], ["\x1b]", "alt-]"], ["\x1b_", "alt-_"]]) {
    const decoder = new KeyDecoder();
    assert.deepEqual(decoder.push(bytes(typed ?? "")), []);
    assert.equal(decoder.waiting, "escape");
    assert.deepEqual(decoder.flush(), [key(chord ?? "")]);
    assert.deepEqual(decoder.push(bytes("A")), [text("A")]);
  }
});

Deno.test("the rest of a sequence that never comes is given up, silently", () => {
  const decoder = new KeyDecoder();
  decoder.push(bytes("\x1b[1;"));
  assert.equal(decoder.waiting, "sequence");
  assert.deepEqual(decoder.flush(), []);
  assert.deepEqual(decoder.push(bytes("a")), [text("a")]);
});

const paste = (text: string, cut = false): Key => ({ type: "paste", text, cut });

Deno.test("a paste is one key, whatever is in it", () => {
  assert.deepEqual(decode("a\x1b[200~one\rtwo\r\nthree\x1b[A\x1b[20你好\x1b[201~b"), [
    text("a"),
    paste("one\ntwo\nthree\x1b[A\x1b[20你好"),
    text("b"),
  ]);
  assert.deepEqual(decode("\x1b[200~\x1b[201~"), [paste("")]);
  assert.deepEqual(decode("\x1b[200~\x1b\x1b[201~"), [paste("\x1b")]);
  assert.deepEqual(decode("\x1b[201~a"), [text("a")]);
});

Deno.test("a huge paste is cut, and its rest is not typed", () => {
  assert.deepEqual(decode(`\x1b[200~${"x".repeat(MAX_PASTE + 10)}\x1b[201~y`), [
    paste("x".repeat(MAX_PASTE), true),
    text("y"),
  ]);
});

Deno.test("a paste whose end is lost ends when nothing more comes", () => {
  const decoder = new KeyDecoder();
  decoder.push(bytes("\x1b[200~lost"));
  assert.equal(decoder.waiting, "sequence");
  assert.deepEqual(decoder.flush(), [paste("lost")]);
});

/** Text that came in pieces, as one. */
function merged(keys: readonly Key[]): readonly Key[] {
  return keys.reduce<readonly Key[]>((all, next) => {
    const last = all.at(-1);
    if (last?.type !== "text" || next.type !== "text") return [...all, next];
    return [...all.slice(0, -1), { type: "text", text: last.text + next.text }];
  }, []);
}

const input = fc.array(
  fc.oneof(
    fc.constantFrom("a", "你好", "👨‍👩‍👧", "\r", "\x7f", "\x01", "\x1b", "\x1b[A", "\x1b[1;5D", "\x1b[200~", "\x1b[201~"),
    fc.constantFrom(
      "\x1b[<64;1;1M",
      "\x1bO",
      "\x1b]",
      "\x07",
      "\x1b\\",
      "\x1b[[A",
      "\x1b[M abc",
      "\x1b[97;5u",
      "[",
      "~",
      ";",
    ),
  ).map(bytes),
  { maxLength: 20 },
);
const noise = fc.uint8Array({ maxLength: 40 });

/** Whether a byte behind an ESC belongs to it in a later read, too. */
const goesOn = (byte = 0) => "[O]PX^_\x1b".includes(String.fromCharCode(byte));

Deno.test("how the bytes were split makes no difference, but between an ESC and a letter", () => {
  fc.assert(
    fc.property(fc.oneof(input, fc.array(noise)), fc.array(fc.nat(10)), (parts, sizes) => {
      const all = Uint8Array.from(parts.flatMap((part) => [...part]));
      const whole = new KeyDecoder();
      const wanted = [...whole.push(all), ...whole.flush()];
      const split = new KeyDecoder();
      const keys: Key[] = [];
      for (let at = 0, turn = 0; at < all.length; turn++) {
        let end = at + (sizes.length === 0 ? 1 : 1 + (sizes[turn % sizes.length] ?? 0));
        while (all[end - 1] === 0x1b && !goesOn(all[end])) end++;
        keys.push(...split.push(all.subarray(at, end)));
        at = end;
      }
      keys.push(...split.flush());
      assert.deepEqual(merged(keys), merged(wanted));
    }),
    { numRuns: 500 },
  );
});

Deno.test("no escape sequence becomes text", () => {
  fc.assert(fc.property(fc.array(noise), (parts) => {
    const decoder = new KeyDecoder();
    for (const found of parts.flatMap((part) => decoder.push(part))) {
      // deno-lint-ignore no-control-regex -- there must be none.
      if (found.type === "text") assert.doesNotMatch(found.text, /[\x00-\x1f\x7f]/);
    }
  }));
});
