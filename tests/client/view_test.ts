/** Screens as pictures: what an emulator shows of the view. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { alice, DAY, event, filePost, key, member, ming, NINE, Room, textPost, told, typed } from "./people.ts";
import type { Input } from "../../lib/client/model.ts";
import { itemLines } from "../../lib/client/item_lines.ts";
import { zh } from "../../lib/client/texts_zh.ts";
import { createTheme } from "../../lib/client/theme.ts";
import { view } from "../../lib/client/view.ts";
import { FullScreen } from "../../lib/terminal/full_screen.ts";
import { type ColorLevel, stripStyle } from "../../lib/terminal/style.ts";
import { displayWidth } from "../../lib/terminal/text.ts";
import { Vt } from "../terminal/vt.ts";

/** The screen, `▏` marking the cursor; a blank first line makes it stand well in the source. */
async function screen({ model }: Room): Promise<string> {
  using vt = new Vt(model.look.size);
  const { frame } = view(model);
  await vt.write(new FullScreen().update(frame));
  const lines = vt.screen.split("\n");
  const { row } = frame.caret;
  assert.deepEqual(vt.cursor, frame.caret);
  // Columns are not characters: the mark stands behind as many columns as the cursor does.
  const line = (lines[row] ?? "").padEnd(frame.caret.column);
  let at = 0;
  while (displayWidth(line.slice(0, at)) < frame.caret.column) at++;
  lines[row] = `${line.slice(0, at)}▏${line.slice(at)}`;
  return "\n" + lines.join("\n");
}

const said = (...texts: readonly string[]): Input[] => texts.map((text, index) => event(textPost(index + 1, text)));
const offline = { type: "link", link: { state: "offline", reason: "gone", retryMs: 1 } } as const;

Deno.test("a wide screen: days, words and Chinese wrapped, who is here beside them, the cursor at the caret", async () => {
  const room = new Room({ columns: 100, rows: 14, members: [member(alice), member(ming)] }).give(
    event(textPost(1, "你好,Alice!我昨天在海边 👨‍👩‍👧 看到了很多很多的人,还有一只狗。天气非常好,我们明天再去吧。")),
    event(textPost(2, "Good morning. Did you see the harbour yesterday?", { from: alice, at: NINE + DAY })),
    event(filePost(3, "报告.pdf", { size: 3 * 1024 * 1024, at: NINE + DAY })),
    typed("早上好 good morn"),
  );
  assert.equal(
    await screen(room),
    `
                                                                              │ 2 here
                                                                              │ Alice(1001)
                                                                              │ 小明(1002)
                                                                              │
                                                                              │
                                                                              │
──────────────────────── 2026-11-24 ────────────────────────                  │
09:05 小明(1002) 你好,Alice!我昨天在海边 👨‍👩‍👧 看到了很多很多的人,还有一只狗。天│
                 气非常好,我们明天再去吧。                                    │
──────────────────────── 2026-11-25 ────────────────────────                  │
09:05✓Alice(1001) Good morning. Did you see the harbour yesterday?            │
09:05 小明(1002) ▤ 报告.pdf (3.0 MiB) · /save 3                               │
── online · Alice(1001) · chat.example · 2 here ────────────────────────────────────────────────────
› 早上好 good morn▏   `,
  );
});

Deno.test("a small screen has no list, and says beside whom where there is room for it", async () => {
  const room = new Room({ columns: 40, rows: 10, members: [member(alice)] })
    .give(...said("Good morning. 早上好! Did you see it?", "a\nb"));
  assert.equal(
    await screen(room),
    `



────────────── 2026-11-24 ──────────────
09:05 小明(1002) Good morning. 早上好!
                 Did you see it?
09:05 小明(1002) a
                 b
── online · Alice(1001) · chat.example …
› ▏say something, or /help`,
  );
});

Deno.test("on a narrow screen a message begins beneath its name", async () => {
  assert.equal(
    await screen(new Room({ columns: 20, rows: 9 }).give(...said("Good morning. 早上好!"))),
    `



──── 2026-11-24 ────
09:05 小明(1002)
  Good morning. 早上
  好!
── online · Alice(1…
› ▏say something, or…`,
  );
});

Deno.test("every line of a message is indented, so that none can pass for somebody else's", async () => {
  const room = new Room({ columns: 60, rows: 7 })
    .give(...said("hello\n09:06 Alice(1001) I owe you money\r\n\tindented \x1b[2Jx\u202ey"));
  assert.equal(
    await screen(room),
    `

──────────────────────── 2026-11-24 ────────────────────────
09:05 小明(1002) hello
                 09:06 Alice(1001) I owe you money
                     indented ␛[2Jx�y
── online · Alice(1001) · chat.example · 0 here ────────────
› ▏say something, or /help`,
  );
});

Deno.test("what is on its way stands where it will be, and says why it waits", async () => {
  const room = new Room({ columns: 60, rows: 9, members: [member(alice)] }).give(...said("hello"));
  room.give({ type: "sending", id: "a", text: "first\nsecond" }, { type: "sending", id: "b", text: "third" });
  room.give({ type: "delayed", id: "b", reason: "busy" });
  room.give({ type: "transfer", transfer: { id: 1, name: "x", line: "████░░ 61% x", wanted: true } });
  assert.equal(
    await screen(room),
    `
──────────────────────── 2026-11-24 ────────────────────────
09:05 小明(1002) hello
  …   Alice(1001) first
                  second
  …   Alice(1001) third
                  (busy)
████░░ 61% x
── online · Alice(1001) · chat.example · 1 here ────────────
› ▏say something, or /help`,
  );
  room.give({ type: "stored", id: "a" }, event(textPost(2, "first\nsecond", { id: "a", from: alice })));
  room.give({ type: "transferred", id: 1 }, offline);
  assert.equal(
    await screen(room),
    `
──────────────────────── 2026-11-24 ────────────────────────
09:05 小明(1002) hello
09:05✓Alice(1001) first
                  second
! Offline: gone
  …   Alice(1001) third
                  (busy)
── offline · 1 queued · Alice(1001) · chat.example ─────────
› ▏say something, or /help`,
  );
});

Deno.test("one's own are ticked once they are stored, where unread messages begin is a line", async () => {
  const away = { type: "key", key: { type: "focus", focused: false } } as const;
  const room = new Room({ columns: 60, rows: 9, members: [member(alice)] }).give(
    event(textPost(1, "mine", { from: alice })),
    away,
    event(textPost(2, "for you")),
    event(textPost(3, "and you")),
  );
  assert.equal(
    await screen(room),
    `


──────────────────────── 2026-11-24 ────────────────────────
09:05✓Alice(1001) mine
────────────────────────── unread ──────────────────────────
09:05 小明(1002) for you
09:05 小明(1002) and you
── online · 2 unread · Alice(1001) · chat.example · 1 here ─
› ▏say something, or /help`,
  );
});

Deno.test("scrolling shows what was said before, fetches more where it ends, and escape goes back", async () => {
  const numbers = Array.from({ length: 12 }, (_, index) => event(textPost(index + 101, `message ${index + 101}`)));
  const room = new Room({ columns: 40, rows: 7 }).give(...numbers);
  room.take();
  room.give(key("page-up"));
  assert.equal(
    await screen(room),
    `
09:05 小明(1002) message 104
09:05 小明(1002) message 105
09:05 小明(1002) message 106
09:05 小明(1002) message 107
09:05 小明(1002) message 108
── online · fetching … · Alice(1001) · …
› ▏say something, or /help`,
  );
  assert.deepEqual(room.take(), [{ type: "older", before: 101, count: 100 }], "before it is needed");
  room.give(event(textPost(113, "new")), key("page-up"), key("page-up"));
  assert.deepEqual(room.take(), [], "once");
  assert.match(await screen(room), /message 101[^]*fetching/);
  const earlier = Array.from({ length: 3 }, (_, index) => textPost(index + 98, `message ${index + 98}`));
  room.give({ type: "page", place: "older", posts: earlier }, { type: "key", key: wheel("wheel-up") });
  assert.equal(
    await screen(room),
    `
────────────── 2026-11-24 ──────────────
09:05 小明(1002) message 98
09:05 小明(1002) message 99
09:05 小明(1002) message 100
09:05 小明(1002) message 101
── online · 1 unread · fetching … · Ali…
› ▏say something, or /help`,
  );
  assert.equal(room.model.unread, 1);
  room.give(key("escape"));
  assert.match(await screen(room), /message 112\n─+ unread ─+\n.*new\n/);
  assert.equal(room.model.unread, 0);
});

const wheel = (action: "wheel-up" | "wheel-down") => ({ type: "mouse", action, column: 0, row: 0 }) as const;

Deno.test("a picture stands beneath its post and scrolls with it", async () => {
  const image = filePost(1, "a.png", { type: "image", media: "image/png" });
  const drawing = { type: "drawn", lines: ["▀▀▀▀", "▄▄▄▄"], columns: 38, rows: 4 } as const;
  const room = new Room({ columns: 40, rows: 7 }).give(event(image), { type: "picture", id: image.id, drawing });
  room.give(event(textPost(2, "nice")));
  assert.equal(
    await screen(room),
    `
09:05 小明(1002) ▣ a.png (2.0 KiB) ·
                 /save 1
  ▀▀▀▀
  ▄▄▄▄
09:05 小明(1002) nice
── online · Alice(1001) · chat.example …
› ▏say something, or /help`,
  );
  const other = filePost(3, "b.gif", { type: "image", media: "image/gif" });
  room.give(event(other), { type: "picture", id: other.id, drawing: { type: "undrawable", reason: "no GIF" } });
  assert.equal(
    await screen(room),
    `
  ▄▄▄▄
09:05 小明(1002) nice
09:05 小明(1002) ▣ b.gif (2.0 KiB
                 image/gif) · /save 3
  no GIF
── online · Alice(1001) · chat.example …
› ▏say something, or /help`,
  );
});

Deno.test("searching: the words, what was found, the way there", async () => {
  const room = new Room({ columns: 60, rows: 9 }).give(...said("one", "two"), key("ctrl-f"), typed("海"), key("enter"));
  assert.deepEqual(room.take().filter(({ type }) => type === "search"), [{ type: "search", text: "海" }]);
  assert.match(await screen(room), /searching/);
  const posts = [textPost(501, "去海边吗?"), textPost(502, "海很好看", { from: alice })];
  room.give({ type: "found", text: "海", posts, before: 400 }, key("up"));
  assert.equal(
    await screen(room),
    `




  2026-11-24
▶ 09:05 小明(1002) 去海边吗?
  09:05✓Alice(1001) 海很好看
── online · 2+ found · enter: find, then go there · up, dow…
/ 海▏ `,
  );
  assert.deepEqual(room.give(key("up")).take(), [{ type: "search", text: "海", before: 400 }]);
  room.give({ type: "found", text: "海", posts: [] }, key("enter"));
  assert.deepEqual(room.take(), [{ type: "context", seq: 501 }]);
  const around = Array.from({ length: 9 }, (_, index) => textPost(index + 497, `message ${index + 497}`));
  room.give({ type: "page", place: "context", posts: around, focus: 501 });
  assert.equal(
    await screen(room),
    `
09:05 小明(1002) message 498
09:05 小明(1002) message 499
09:05 小明(1002) message 500
09:05 小明(1002) message 501
09:05 小明(1002) message 502
09:05 小明(1002) message 503
09:05 小明(1002) message 504
── online · reading earlier messages · esc: back · Alice(10…
› ▏say something, or /help`,
  );
});

Deno.test("help in Chinese, which a key scrolls", async () => {
  const look = { size: { columns: 40, rows: 8 }, texts: zh };
  const room = new Room({ look }).give(key("f1"));
  assert.equal(
    await screen(room),
    `
帮助
/help             显示本帮助
/who              谁在这里,从什么时候起
/image PATH       发送图片
/file PATH        发送文件
/save N [PATH]    取下第 N 个文件并保存
── 已连接 · esc 或 F1:返回 · page-up、p…
› ▏说点什么,或输入 /help`,
  );
  assert.match(await screen(room.give(key("page-down"))), /\/open N/);
});

Deno.test("the input grows to eight lines, and the pane keeps its share", async () => {
  const room = new Room({ columns: 30, rows: 10 }).give(...said("hello"), typed("x"));
  for (let line = 0; line < 9; line++) room.give(key("alt-enter"), typed(`${line}`));
  assert.equal(
    await screen(room),
    `
───────── 2026-11-24 ─────────
09:05 小明(1002)
  hello
── online · Alice(1001) · cha…
  3
  4
  5
  6
  7
  8▏`,
  );
});

Deno.test("a mention of me stands out, wherever it is in a message", () => {
  const theme = createTheme({ level: "256" });
  const { look } = new Room().model;
  const options = { columns: 80, look: { ...look, theme }, me: alice };
  const lines = (from: typeof ming | typeof alice, text: string) =>
    itemLines({ type: "post", post: textPost(1, text, { from }) }, options).join();
  assert.ok(lines(ming, "ask @alice, not @Alicette").endsWith(`ask ${theme.mention("@alice")}, not @Alicette`));
  assert.ok(!lines(alice, "I am @Alice").includes(theme.mention("@Alice")));
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
      room.give({ type: "picture", id: "id-1", drawing: { type: "undrawable", reason } });
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
