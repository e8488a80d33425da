/** Whatever peers say: their words stay words, in their place. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { event, filePost, key, member, NINE, Room, textPost, told, typed } from "./people.ts";
import { createTheme } from "../../lib/client/theme.ts";
import { view } from "../../lib/client/view.ts";
import { type ColorLevel, stripStyle } from "../../lib/terminal/style.ts";
import { displayWidth } from "../../lib/terminal/text.ts";

/** Anything at all, and often what terminals are sensitive to. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom("\x1b", "[", "2", "J", "]", "\x07", "\x9b", "m", "\r", "\n", "\u202e", "中", "👨‍👩‍👧", "a "),
  }),
);
const person = fc.record({ account: fc.integer({ min: 1, max: 65_535 }), name: hostile });
const arbitraryPost = fc.oneof(
  fc.record({ from: person, text: hostile }).map(({ from, text }) => textPost(1, text, { from })),
  fc.record({
    from: person,
    name: hostile,
    media: hostile,
    type: fc.constantFrom("image" as const, "file" as const),
  }).map(({ name, ...more }) => filePost(1, name, more)),
);

/** Nothing but printable text, styling where there are colours, and the way to the side list's column. */
function assertHarmless({ model }: Room): void {
  const { size, theme } = model.look;
  const { rows, caret } = view(model).frame;
  assert.equal(rows.length, size.rows);
  for (const { text, side } of rows) {
    for (const [part, columns] of [[text, side?.column ?? size.columns], [side?.text ?? "", size.columns]] as const) {
      const plain = theme.level === "none" ? part : stripStyle(part);
      assert.doesNotMatch(plain, /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      assert.ok(displayWidth(plain) <= columns, `${displayWidth(plain)} > ${columns}: ${JSON.stringify(part)}`);
    }
  }
  assert.ok(caret.row < size.rows && caret.column < size.columns);
}

Deno.test("whatever peers and the server say, no row is wider than the screen or more than text and colours", () => {
  const scene = fc.record({
    me: person,
    server: hostile,
    reason: hostile,
    line: hostile,
    text: hostile,
    posts: fc.array(arbitraryPost, { maxLength: 5 }),
    members: fc.array(person, { maxLength: 4 }),
    columns: fc.constantFrom(2, 3, 5, 10, 20, 40, 80, 100),
    rows: fc.constantFrom(1, 2, 3, 10, 24),
    level: fc.constantFrom<ColorLevel>("none", "16", "256", "truecolor"),
  });
  fc.assert(
    fc.property(scene, ({ me, server, reason, line, text, posts, members, columns, rows, level }) => {
      const here = members.map(member);
      const look = { size: { columns, rows }, theme: createTheme({ level }) };
      const room = new Room({ me, server, members: here, look });
      room.give(...posts.map((post, index) => event({ ...post, seq: index + 1 })), typed(text));
      for (const who of here) room.give(told({ op: "presence", room: "r", type: "left", member: who, at: NINE }));
      room.give({ type: "members", members: here }, { type: "sending", id: "a", text });
      room.give({ type: "delayed", id: "a", reason }, { type: "trouble", text: reason });
      room.give({ type: "transfer", transfer: { id: 1, name: line, line, wanted: true } });
      room.give({ type: "picture", id: "id-1", drawing: { type: "undrawable", code: "failed", message: reason } });
      room.give(told({ op: "error", code: "busy", message: reason }));
      room.give({ type: "link", link: { state: "offline", reason, retryMs: 1 } });
      assertHarmless(room);
      room.give(key("page-up"), { type: "note", text: reason });
      assertHarmless(room);
      room.give(key("ctrl-f"), typed(line), key("enter"));
      room.give({ type: "found", text: line.trim(), posts });
      assertHarmless(room);
      room.give(key("f1"));
      assertHarmless(room);
    }),
    { numRuns: 300 },
  );
});
