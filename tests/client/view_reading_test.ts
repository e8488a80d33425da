/** What one sees of the past: scrolling, pictures, search, help. */
import assert from "node:assert/strict";
import { alice, event, filePost, key, Room, textPost, typed } from "./people.ts";
import { screen } from "./screen.ts";
import type { Input } from "../../lib/client/model.ts";
import { zh } from "../../lib/client/texts_zh.ts";

const said = (...texts: readonly string[]): Input[] => texts.map((text, index) => event(textPost(index + 1, text)));
const GIF = { format: "gif", width: 320, height: 200 } as const;

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
  room.give(event(other), {
    type: "picture",
    id: other.id,
    drawing: { type: "undrawable", code: "unsupported", size: GIF },
  });
  assert.equal(
    await screen(room),
    `
09:05 小明(1002) nice
09:05 小明(1002) ▣ b.gif (2.0 KiB
                 image/gif) · /save 3
  GIF, 320 × 200: this kind is not drawn
  here
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
  const look = { size: { columns: 60, rows: 8 }, texts: zh };
  const room = new Room({ look }).give(key("f1"));
  assert.equal(
    await screen(room),
    `
帮助
/help                              显示本帮助
/who                               谁在这里,从什么时候起
/image PATH                        发送图片
/file PATH                         发送文件
/save N [PATH]                     取下第 N 个文件并保存
── 已连接 · esc 或 F1:返回 · page-up、page-down:翻页 · Alic…
› ▏说点什么,或输入 /help`,
  );
  assert.match(await screen(room.give(key("page-down"))), /\/open N/);
});
