import assert from "node:assert/strict";
import fc from "fast-check";
import { alice, event, filePost, member, ming, NINE, Room, textPost, told, typed } from "./people.ts";
import type { Item } from "../../lib/client/model.ts";
import { itemLines, type Look, promptOf } from "../../lib/client/view.ts";
import { layoutPrompt } from "../../lib/terminal/prompt_area.ts";
import { type ColorLevel, createStyles, stripStyle } from "../../lib/terminal/style.ts";
import { displayWidth } from "../../lib/terminal/text.ts";

const look = (columns: number, { rows = 24, level = "none" as ColorLevel } = {}): Look => ({
  size: { columns, rows },
  styles: createStyles(level),
});

/** Items as an ASCII picture; a blank first line makes it stand well in the source. */
const picture = (items: readonly Item[], columns: number) =>
  "\n" + items.flatMap((item) => itemLines(item, look(columns))).join("\n");
const post = (text: string, from: { readonly account: number; readonly name: string } = ming): Item => ({
  type: "post",
  post: textPost(1, text, { from }),
  me: alice,
});
/** What stands beneath the messages, `▏` marking the caret. */
function area(room: Room, columns: number): string {
  const { lines, caret } = layoutPrompt(promptOf(room.model, look(columns)), look(columns).size);
  return "\n" + lines.map((line, row) => row === caret.row ? mark(line, caret.column) : line).join("\n");
}
const mark = (line: string, column: number) => line.padEnd(column).slice(0, column) + "▏" + line.slice(column);

Deno.test("messages stand behind their time and name, and go on beneath themselves", () => {
  assert.equal(
    picture([post("Good morning. Did you see the harbour yesterday?", alice), post("你好,Alice!我昨天在海边 👋")], 40),
    `
09:05 Alice(1001) Good morning. Did you
                  see the harbour
                  yesterday?
09:05 小明(1002) 你好,Alice!我昨天在海边
                 👋`,
  );
});

Deno.test("on a narrow screen a message begins beneath its name", () => {
  assert.equal(
    picture([post("Good morning. 早上好!"), post("a\nb")], 20),
    `
09:05 小明(1002)
  Good morning. 早上
  好!
09:05 小明(1002)
  a
  b`,
  );
});

Deno.test("every line of a message is indented, so that none can pass for somebody else's", () => {
  assert.equal(
    picture([post("hello\n09:06 Alice(1001) I owe you money\r\n\tindented")], 80),
    `
09:05 小明(1002) hello
                 09:06 Alice(1001) I owe you money
                     indented`,
  );
});

Deno.test("a word longer than the line is broken", () => {
  const name = { account: 9, name: "B" };
  assert.equal(
    picture([post(`see https://example.org/${"x".repeat(30)}`, name)], 40),
    `
09:05 B(9) see
           https://example.org/xxxxxxxxx
           xxxxxxxxxxxxxxxxxxxxx`,
  );
});

Deno.test("files have their size and their number, days a line of their own", () => {
  const items: Item[] = [
    { type: "day", day: "2026-11-24" },
    { type: "post", post: filePost(1, "报告.pdf", { size: 3 * 1024 * 1024 }), me: alice, file: 12 },
    { type: "post", post: filePost(2, "a.png", { type: "image", size: 814 }), me: alice, file: 13 },
  ];
  assert.equal(
    picture(items, 50),
    `
─────────────────── 2026-11-24 ───────────────────
09:05 小明(1002) ▤ 报告.pdf (3.0 MiB) · /save 12
09:05 小明(1002) ▣ a.png (814 B) · /save 13`,
  );
});

Deno.test("who comes, who goes and who is here", () => {
  const presence = (type: "joined" | "left"): Item => ({
    type: "presence",
    presence: { op: "presence", room: "lobby", type, member: member(ming), at: NINE },
  });
  assert.equal(
    picture([presence("joined"), presence("left"), { type: "members", members: [member(ming), member(alice)] }], 60),
    `
09:05 → 小明(1002) came in
09:05 ← 小明(1002) left
2 here now:
  小明(1002)   since 2026-11-24 09:05:00
  Alice(1001)  since 2026-11-24 09:05:00`,
  );
});

Deno.test("a picture is drawn in half blocks, below a caption where it needs one", () => {
  const image = filePost(1, "dot.png", { type: "image" });
  const drawing = { type: "drawn", lines: ["▀▀"] } as const;
  const lines = (caption: boolean) => picture([{ type: "picture", post: image, drawing, caption }], 40);
  assert.equal(lines(false), "\n  ▀▀");
  assert.equal(lines(true), "\n▣ dot.png (2.0 KiB) · 小明(1002)\n  ▀▀");
  const not = { type: "undrawable", reason: "it is damaged" } as const;
  assert.deepEqual(itemLines({ type: "picture", post: image, drawing: not, caption: false }, look(40)), [
    "dot.png: it is damaged",
  ]);
});

Deno.test("a mention of me stands out, wherever it is in a message", () => {
  const styled = look(80, { level: "256" });
  const { bold, inverse } = styled.styles;
  const [line = ""] = itemLines(post("ask @alice, not @Alicette"), styled);
  assert.ok(line.endsWith(`ask ${bold(inverse("@alice"))}, not @Alicette`));
  assert.ok(!itemLines(post("I am @Alice", alice), styled).join().includes(inverse("@Alice")));
});

Deno.test("the prompt: an empty one, a written one, and what is on its way", () => {
  const room = new Room({ members: [member(alice), member(ming)] });
  assert.equal(
    area(room, 60),
    `
── Alice(1001) · chat.example · 2 here ──
› ▏say something, or /help`,
  );
  room.give(typed("hello"), { type: "sending", id: "a", text: "first\nsecond" });
  room.give({ type: "transfer", transfer: { id: 1, name: "x", line: "████░░ 61% x", wanted: true } });
  assert.equal(
    area(room, 60),
    `
… first second
████░░ 61% x
── Alice(1001) · chat.example · 2 here ──
› hello▏`,
  );
});

Deno.test("offline the prompt says what becomes of what is written, first", () => {
  const offline = { state: "offline", reason: "gone", retryMs: 1 } as const;
  assert.equal(
    area(new Room().give({ type: "link", link: offline }), 60),
    `
── offline, trying again; what you write is sent then · Ali…
› ▏say something, or /help`,
  );
});

Deno.test("of many messages on their way the first ones and a sum show", () => {
  const room = new Room();
  for (let index = 1; index <= 5; index++) room.give({ type: "sending", id: `${index}`, text: `text ${index}` });
  room.give({ type: "delayed", id: "1", reason: "busy" });
  assert.equal(
    area(room, 60),
    `
… text 1 (busy)
… text 2
… text 3
… and 2 more messages on the way
── Alice(1001) · chat.example · 0 here ──
› ▏say something, or /help`,
  );
});

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
  fc.record({ from: person, name: hostile, type: fc.constantFrom("image" as const, "file" as const) })
    .map(({ name, ...more }) => filePost(1, name, more)),
);
const drawn = { type: "drawn", lines: ["▀"] } as const;
const arbitraryItem: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ post: arbitraryPost, me: person }).map((it) => ({ type: "post", ...it, file: 1 }) as const),
  person.map((who) =>
    ({
      type: "presence",
      presence: { op: "presence", room: "r", type: "left", member: member(who), at: NINE },
    }) as const
  ),
  fc.array(person, { maxLength: 3 }).map((all) => ({ type: "members", members: all.map(member) }) as const),
  fc.record({ type: fc.constantFrom("note" as const, "trouble" as const), text: hostile }),
  fc.record({ name: hostile, from: person, caption: fc.boolean(), reason: fc.option(hostile) }).map((it) => ({
    type: "picture",
    post: filePost(1, it.name, { type: "image", from: it.from }),
    caption: it.caption,
    drawing: it.reason === null ? drawn : { type: "undrawable" as const, reason: it.reason },
  } as const)),
  fc.constant({ type: "day", day: "2026-11-24" } as const),
);
const arbitraryLook = fc.record({
  columns: fc.constantFrom(2, 3, 5, 10, 20, 40, 80),
  level: fc.constantFrom<ColorLevel>("none", "16", "256", "truecolor"),
}).map(({ columns, level }) => look(columns, { level }));

/** Nothing but printable text, and styling where there are colours. */
function assertHarmless(lines: readonly string[], { size, styles }: Look): void {
  for (const line of lines) {
    const text = styles.level === "none" ? line : stripStyle(line);
    assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    assert.ok(displayWidth(line) <= size.columns, `${displayWidth(line)} > ${size.columns}: ${JSON.stringify(line)}`);
  }
}

Deno.test("no item is wider than the screen or sends it anything but text and colours", () => {
  fc.assert(
    fc.property(arbitraryItem, arbitraryLook, (item, look) => {
      assertHarmless(itemLines(item, look), look);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("nor is what stands beneath the messages, whatever peers and server say", () => {
  const scene = fc.record({
    me: person,
    server: hostile,
    reason: hostile,
    line: hostile,
    text: hostile,
    others: fc.array(arbitraryPost),
  });
  fc.assert(
    fc.property(scene, arbitraryLook, ({ me, server, reason, line, text, others }, look) => {
      const room = new Room({ me, server }).give(...others.map(event), typed(text));
      room.give({ type: "sending", id: "a", text }, { type: "delayed", id: "a", reason });
      room.give({ type: "transfer", transfer: { id: 1, name: line, line, wanted: true } });
      room.give(told({ op: "error", code: "busy", message: reason }));
      room.give({ type: "link", link: { state: "offline", reason, retryMs: 1 } });
      const { lines, caret } = layoutPrompt(promptOf(room.model, look), look.size);
      assertHarmless(lines, look);
      assert.ok(caret.row < look.size.rows && caret.column <= look.size.columns);
      for (const item of room.printed()) assertHarmless(itemLines(item, look), look);
    }),
    { numRuns: 300 },
  );
});
