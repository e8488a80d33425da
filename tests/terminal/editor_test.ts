import assert from "node:assert/strict";
import fc from "fast-check";
import { edit } from "../../lib/terminal/editor.ts";
import { createEditor, type EditorAction, type EditorState, replaceRange } from "../../lib/terminal/editor_state.ts";
import { type Key, KeyDecoder } from "../../lib/terminal/keys.ts";
import { sanitize } from "../../lib/terminal/sanitize.ts";

const key = (chord: string): Key => ({ type: "key", chord });
const typed = (text: string): Key => ({ type: "text", text });

/** Types texts and, in angle brackets, chords: `hello <ctrl-a>`. */
function type(script: string, state: EditorState = createEditor()) {
  const actions: EditorAction[] = [];
  for (const [, chord, text] of script.matchAll(/<([a-z_0-9-]+)>|([^<]+)/g)) {
    const result = edit(state, chord === undefined ? typed(text ?? "") : key(chord));
    state = result.state;
    if (result.action) actions.push(result.action);
  }
  return { state, actions, picture: `${state.text.slice(0, state.caret)}|${state.text.slice(state.caret)}` };
}

const pictures: Readonly<Record<string, string>> = {
  "hello": "hello|",
  "hello<left><left>X": "helX|lo",
  "hello<ctrl-a>X<ctrl-e>Y": "XhelloY|",
  "a👨‍👩‍👧b<left><backspace>": "a|b",
  "ae\u0301<backspace>": "a|",
  "好👍🏽<left><delete>": "好|",
  "hello<home><right><delete>": "h|llo",
  "one two three<ctrl-left><ctrl-left>": "one |two three",
  "one two<home><ctrl-right>": "one| two",
  "one two <ctrl-w>": "one |",
  "one two<home><alt-d>": "| two",
  "我们聊天<ctrl-w>": "我们|",
  "one two<ctrl-left><ctrl-k>": "one |",
  "one two<ctrl-left><ctrl-u>": "|two",
  "one two<ctrl-w><ctrl-w><ctrl-y><ctrl-y>": "one twoone two|",
  "one two<home><alt-d><alt-d><ctrl-y>": "one two|",
  "one<ctrl-w>two <ctrl-y>": "two one|",
  "one<ctrl-j>two": "one\ntwo|",
  "one<alt-enter>two<home>X": "one\nX|two",
  "one<ctrl-j>two<up>X": "oneX|\ntwo",
  "你好<ctrl-j>abcdef<up>": "你好|\nabcdef",
  "abc<ctrl-j>你好<left><up><right><down>": "abc\n你|好",
  "one<ctrl-j>two<up><end><ctrl-k>": "one|two",
  "one<ctrl-j><ctrl-j>two<up><backspace>": "one|\ntwo",
  "one two<ctrl-_>": "|",
  "one<left>X<ctrl-_>": "on|e",
  "one<ctrl-w><ctrl-_>": "one|",
  "one<ctrl-c>": "|",
  "one<ctrl-c><ctrl-_>": "one|",
  "one<ctrl-home><ctrl-d>": "|ne",
};

for (const [script, picture] of Object.entries(pictures)) {
  Deno.test(`typing ${JSON.stringify(script)} gives ${JSON.stringify(picture)}`, () => {
    assert.equal(type(script).picture, picture);
  });
}

Deno.test("enter submits what is written, once, and nothing when nothing is", () => {
  const { state, actions } = type("hello<enter><enter>  <enter>");
  assert.deepEqual(actions, [{ type: "submit", text: "hello" }]);
  assert.equal(state.text, "");
});

Deno.test("interrupt, end of input and completion are actions", () => {
  assert.deepEqual(type("x<ctrl-c><ctrl-c>").actions, [{ type: "interrupt" }]);
  assert.deepEqual(type("<ctrl-d>").actions, [{ type: "eof" }]);
  assert.deepEqual(type("/w<tab>").actions, [{ type: "complete" }]);
});

Deno.test("what is not the editor's comes back", () => {
  const wheel: Key = { type: "mouse", action: "wheel-up", column: 0, row: 0 };
  for (const unknown of [key("page-up"), key("escape"), key("ctrl-l"), wheel]) {
    const before = createEditor();
    assert.deepEqual(edit(before, unknown), { state: before, action: { type: "key", key: unknown } });
  }
});

Deno.test("ctrl-r finds what was written before by a piece of it, and down leads back", () => {
  const before = createEditor({ history: ["Hello there", "你好,世界", "hello again"] });
  assert.equal(type("hel<ctrl-r>", before).state.text, "hello again");
  assert.equal(type("hel<ctrl-r><ctrl-r>", before).state.text, "Hello there");
  assert.equal(type("hel<ctrl-r><ctrl-r><ctrl-r>", before).state.text, "Hello there");
  assert.equal(type("世<ctrl-r>", before).state.text, "你好,世界");
  assert.equal(type("nothing<ctrl-r>", before).state.text, "nothing");
  assert.equal(type("hel<ctrl-r><down>", before).state.text, "hel");
});

Deno.test("history goes back, and forth to the draft", () => {
  const before = type("one<enter>two<enter>two<enter>dra").state;
  assert.deepEqual(before.history, ["one", "two"]);
  assert.equal(type("<up>", before).picture, "two|");
  assert.equal(type("<up><up><up>", before).picture, "one|");
  assert.equal(type("<up><up>X<down>", before).picture, "two|");
  assert.equal(type("<up><up><down><down><down>", before).picture, "dra|");
  assert.deepEqual(type("<up><up>!<enter>", before).state.history, ["one", "two", "one!"]);
});

Deno.test("a paste is one step, harmless, with its lines", () => {
  const { state } = edit(type("a").state, { type: "paste", text: "b\nc\x1b[2J\t\u202e", cut: false });
  assert.equal(state.text, "ab\nc␛[2J    \ufffd");
  assert.equal(edit(state, key("ctrl-_")).state.text, "a");
});

Deno.test("typing undoes in words", () => {
  let state = createEditor();
  for (const character of "one two three") state = edit(state, typed(character)).state;
  state = edit(state, key("ctrl-_")).state;
  assert.equal(state.text, "one two");
  state = edit(state, key("ctrl-_")).state;
  assert.equal(state.text, "one");
});

Deno.test("the text never grows past its limit, and stays whole characters", () => {
  const state = createEditor({ maxBytes: 7 });
  const { state: full, action } = edit(state, { type: "paste", text: "你好吗", cut: false });
  assert.equal(full.text, "你好");
  assert.deepEqual(action, { type: "full" });
  assert.deepEqual(edit(full, typed("ab")).state.text, "你好a");
  assert.equal(edit(full, { type: "paste", text: "a", cut: true }).action?.type, "full");
});

Deno.test("completion replaces a part of the text", () => {
  const { state } = replaceRange(type("/im photo").state, { start: 0, end: 3, text: "/image" });
  assert.equal(state.text, "/image photo");
  assert.equal(state.caret, 6);
});

const anyKey = fc.oneof(
  fc.constantFrom(
    ...("enter alt-enter ctrl-c ctrl-d tab backspace delete left right home end up down ctrl-k ctrl-u ctrl-w alt-d ctrl-y " +
      "ctrl-_ ctrl-left ctrl-right ctrl-home ctrl-end escape").split(" ").map(key),
  ),
  fc.constantFrom("a", " ", "你", "\u0301", "\u200d", "👨", "👩", "🇨", "\n", "\x1b").map(typed),
  fc.string({ unit: "binary", maxLength: 5 }).map((text): Key => ({ type: "paste", text, cut: false })),
);

Deno.test("whatever is pressed, the caret is in the text and the text is harmless and within its limit", () => {
  fc.assert(fc.property(fc.array(anyKey, { maxLength: 60 }), (keys) => {
    let state = createEditor({ maxBytes: 60 });
    for (const pressed of keys) {
      const before = state;
      const { action } = { state } = edit(state, pressed);
      assert.ok(state.caret >= 0 && state.caret <= state.text.length);
      assert.ok(new TextEncoder().encode(state.text).length <= 60);
      assert.doesNotMatch(state.text, /(?!\n)\p{Cc}/u);
      assert.ok(state.text.isWellFormed());
      if (action?.type === "submit") assert.equal(action.text, before.text);
    }
  }));
});

Deno.test("what was typed byte by byte is what is submitted", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
    const wanted = sanitize(text);
    fc.pre(wanted === text && text.trim() !== "");
    const decoder = new KeyDecoder();
    let state = createEditor();
    let sent: string | undefined;
    for (const byte of new TextEncoder().encode(`${text}\r`)) {
      for (const pressed of decoder.push(Uint8Array.of(byte))) {
        const result = edit(state, pressed);
        state = result.state;
        if (result.action?.type === "submit") sent = result.action.text;
      }
    }
    assert.equal(sent, text);
  }));
});
