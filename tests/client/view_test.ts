/** How the room is laid out: wide and narrow, what was said, and what is being written. */
import assert from "node:assert/strict";
import { alice, DAY, event, filePost, key, member, ming, NINE, Room, textPost, typed } from "./people.ts";
import { screen } from "./screen.ts";
import type { Input } from "../../lib/client/model.ts";
import { itemLines } from "../../lib/client/item_lines.ts";
import { createTheme } from "../../lib/client/theme.ts";

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
