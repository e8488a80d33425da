import assert from "node:assert/strict";
import { alice, event, filePost, key, member, ming, NINE, Room, textPost, told, typed } from "./people.ts";
import { Unreachable } from "../../lib/client/failure.ts";
import type { Effect } from "../../lib/client/model.ts";
import type { Item } from "../../lib/client/timeline.ts";

const kinds = (items: readonly Item[]) => items.map(({ type }) => type);
const effectKinds = (effects: readonly Effect[]) => effects.map(({ type }) => type);
const texts = (items: readonly Item[]) => items.map((item) => "text" in item ? item.text : item.type);
const sending = (id: string, text: string) => ({ type: "sending", id, text }) as const;
const transfer = (id: number, wanted: boolean) =>
  ({ type: "transfer", transfer: { id, name: "a.bin", line: `${id}`, wanted } }) as const;

Deno.test("a line that is submitted is posted, and the editor is empty again", () => {
  const room = new Room().submit("hello");
  assert.deepEqual(room.take(), [{ type: "post", text: "hello" }]);
  assert.equal(room.model.editor.text, "");
});

Deno.test("a blank line is not posted", () => {
  assert.deepEqual(new Room().submit("  ").take(), []);
});

Deno.test("a mention by somebody else rings; one's own, other people's names and what was said before do not", () => {
  const rings = (text: string, { from = ming as typeof ming | typeof alice, head = 0 } = {}) =>
    new Room({ head }).give(event(textPost(1, text, { from }))).take().some(({ type }) => type === "bell");
  assert.ok(rings("hi @alice!"));
  assert.ok(rings("你好@Alice你好"));
  assert.ok(!rings("Alice said so"));
  assert.ok(!rings("ask @Alicette"));
  assert.ok(!rings("@Alice", { from: alice }));
  assert.ok(!rings("@Alice", { head: 1 }));
});

Deno.test("a name with signs that mean something in a pattern is found as it is", () => {
  const room = new Room({ me: { account: 7, name: "A. (x)" } }).give(event(textPost(1, "for @a. (X)")));
  assert.ok(effectKinds(room.take()).includes("bell"));
});

Deno.test("who comes and goes is noted and told", () => {
  const joined = told({ op: "presence", room: "lobby", type: "joined", member: member(ming), at: NINE });
  const left = told({ op: "presence", room: "lobby", type: "left", member: member(ming), at: NINE });
  const room = new Room({ members: [member(alice)] }).give(joined);
  assert.deepEqual([...room.model.members.keys()], [1001, 1002]);
  assert.deepEqual(kinds(room.give(left).added()), ["presence", "presence"]);
  assert.deepEqual([...room.model.members.keys()], [1001]);
});

Deno.test("a list of who is here replaces the old one; asked for, it is shown", () => {
  const room = new Room({ members: [member(alice)] });
  room.give(told({ op: "members", room: "lobby", members: [member(ming)] }));
  assert.deepEqual([...room.model.members.keys()], [1002]);
  assert.deepEqual(room.added(), []);
  assert.deepEqual(room.submit("/who").take(), [{ type: "who" }]);
  assert.deepEqual(kinds(room.give({ type: "members", members: [member(alice)] }).added()), ["members"]);
  assert.deepEqual([...room.model.members.keys()], [1001]);
});

Deno.test("a text on its way is listed until it is stored, or until the room tells it, whichever comes first", () => {
  const room = new Room().give(sending("id-1", "one"), sending("id-2", "two"));
  assert.deepEqual(room.model.outgoing.map(({ text }) => text), ["one", "two"]);
  room.give({ type: "stored", id: "id-1" });
  assert.deepEqual(room.model.outgoing.map(({ text }) => text), ["two"]);
  room.give(event(textPost(2, "two", { from: alice })));
  assert.deepEqual(room.model.outgoing, []);
  assert.deepEqual(room.give({ type: "stored", id: "id-2" }).model.outgoing, []);
});

Deno.test("a text that is delayed says why", () => {
  const room = new Room().give(sending("a", "one"), { type: "delayed", id: "a", reason: "busy" });
  assert.deepEqual(room.model.outgoing, [{ id: "a", text: "one", trouble: "busy" }]);
});

Deno.test("a text that is refused goes back into the editor", () => {
  const room = new Room().give(sending("a", "one"), { type: "unsent", id: "a", text: "one", reason: "too long" });
  assert.deepEqual(room.model.outgoing, []);
  assert.equal(room.model.editor.text, "one");
  assert.equal(room.model.editor.caret, 3);
  assert.deepEqual(texts(room.added()), ["Not sent: too long"]);
});

Deno.test("a text that is refused while something else is being written is shown instead", () => {
  const room = new Room().give(typed("new"), { type: "unsent", id: "a", text: "old", reason: "too long" });
  assert.equal(room.model.editor.text, "new");
  assert.deepEqual(texts(room.added()), ["Not sent: too long", "old"]);
});

Deno.test("transfers are listed in the order of their beginning until they end", () => {
  const room = new Room().give(transfer(2, true), transfer(1, true), transfer(2, true));
  assert.deepEqual(room.model.transfers.map(({ id }) => id), [1, 2]);
  room.give({ type: "transferred", id: 1, note: "Saved a.bin" }, { type: "transferred", id: 2, trouble: "damaged" });
  assert.deepEqual(room.model.transfers, []);
  assert.deepEqual(room.added(), [{ type: "note", text: "Saved a.bin" }, { type: "trouble", text: "damaged" }]);
});

Deno.test("the server's words are printed, its farewell to us is not", () => {
  const room = new Room().give(told({ op: "behind", room: "lobby", seq: 1 }));
  room.give(told({ op: "bye", reason: "shutdown", message: "Back soon." }));
  room.give(told({ op: "error", code: "busy", message: "Too much." }));
  room.give(told({ op: "bye", reason: "logout", message: "Goodbye." }), told({ op: "pong", request: 1 }));
  assert.deepEqual(texts(room.added()), ["Much is being said; catching up …", "Back soon.", "Too much."]);
});

Deno.test("losing the link is said once, and its return", () => {
  const offline = { type: "link", link: { state: "offline", reason: "It is gone.", retryMs: 1 } } as const;
  const room = new Room().give(offline, offline, { type: "link", link: { state: "online" } });
  assert.deepEqual(texts(room.added()), ["Offline: It is gone.", "Connected again."]);
});

for (
  const [how, inputs] of [["/quit", [typed("/quit"), key("enter")]], ["ctrl-d", [key("ctrl-d")]], ["ctrl-c", [
    key("ctrl-c"),
  ]]] as const
) {
  Deno.test(`${how} leaves at once when nothing is under way`, () => {
    assert.deepEqual(new Room().give(transfer(1, false), ...inputs).take(), [{ type: "quit" }]);
  });
}

Deno.test("a text that is refused while leaving keeps its writer here", () => {
  const room = new Room().give(sending("a", "one"), key("ctrl-d"));
  room.give({ type: "unsent", id: "a", text: "one", reason: "too long" });
  assert.equal(room.model.leaving, false);
  assert.ok(!effectKinds(room.take()).includes("quit"));
});

Deno.test("ctrl-c with something written clears it and stays", () => {
  const room = new Room().give(typed("hello"), key("ctrl-c"));
  assert.deepEqual(room.take(), []);
  assert.equal(room.model.editor.text, "");
});

Deno.test("tab behind /file asks for the folder and completes from it, unless more was written meanwhile", () => {
  const room = new Room().give(typed("/file pics/h"), key("tab"));
  assert.deepEqual(room.take(), [{ type: "list", path: "pics/h" }]);
  const answer = { type: "listed", path: "pics/h", entries: ["harbour.jpg", "notes"] } as const;
  assert.equal(room.give(answer).model.editor.text, "/file pics/harbour.jpg");
  assert.equal(room.give(answer).model.editor.text, "/file pics/harbour.jpg");
});

Deno.test("a paste beyond what one message can hold is cut, and that is said", () => {
  const room = new Room({ maxText: 10 }).give({
    type: "key",
    key: { type: "paste", text: "x".repeat(20), cut: false },
  });
  assert.equal(room.model.editor.text, "x".repeat(10));
  assert.deepEqual(kinds(room.added()), ["trouble"]);
});

Deno.test("posts are added once each, as they are told", () => {
  const room = new Room().give(event(textPost(1, "a")), event(textPost(2, "b")), event(textPost(2, "b")));
  assert.deepEqual(room.added().flatMap((item) => item.type === "post" ? [item.post.seq] : []), [1, 2]);
});

Deno.test("a link that has ended says why and leaves", () => {
  const room = new Room().give(sending("a", "one"));
  room.give({ type: "link", link: { state: "ended", error: new Unreachable("No account.") } });
  assert.equal(room.take().at(-1)?.type, "quit");
  assert.deepEqual(texts(room.added()), ["No account."]);
  assert.equal(room.model.outgoing.length, 1);
});

Deno.test("leaving waits for messages and files that are under way", () => {
  const room = new Room().give(sending("a", "one"), transfer(1, true), key("ctrl-d"));
  assert.match(texts(room.added()).join(), /1 message and 1 file are done/);
  assert.deepEqual(effectKinds(room.give({ type: "stored", id: "a" }).take()), []);
  assert.deepEqual(effectKinds(room.give({ type: "transferred", id: 1, note: "Saved" }).take()), ["quit"]);
});

Deno.test("leaving twice does not wait, and a program that has to end does not either", () => {
  const room = new Room().give(sending("a", "one"), key("ctrl-d"));
  room.take();
  assert.deepEqual(room.give(key("ctrl-d")).take(), [{ type: "quit" }]);
  assert.deepEqual(new Room().give(sending("a", "one"), { type: "terminated" }).take(), [{ type: "quit" }]);
});

Deno.test("commands with paths and numbers become effects", () => {
  const room = new Room().submit("/image ~/a b.png").submit("/file x").give(event(filePost(1, "f")));
  room.submit("/save 1 y").submit("/open 1").submit("/save 7");
  assert.deepEqual(room.take().filter(({ type }) => type !== "read"), [
    { type: "send", path: "~/a b.png", as: "image" },
    { type: "send", path: "x", as: "file" },
    { type: "save", file: filePost(1, "f"), path: "y" },
    { type: "open", file: filePost(1, "f"), path: undefined },
    { type: "save", file: 7, path: undefined },
  ]);
});

Deno.test("/save of a post that is no file says so", () => {
  assert.deepEqual(kinds(new Room().give(event(textPost(1, "a"))).submit("/save 1").added()), ["post", "trouble"]);
});

Deno.test("tab completes commands and names, and shows the choices where there are several until the next key", () => {
  const room = new Room({ members: [member(alice), member({ account: 1003, name: "Alma" })] });
  assert.equal(room.give(typed("/im"), key("tab")).model.editor.text, "/image ");
  room.give(key("ctrl-u"), typed("@al"), key("tab"));
  assert.equal(room.model.editor.text, "@Al");
  assert.equal(room.give(key("tab")).model.flash, "@Alice  @Alma");
  assert.equal(room.give(typed("m")).model.flash, undefined);
  assert.equal(room.give(key("tab")).model.editor.text, "@Alma ");
});

Deno.test("tab behind a shortcode asks for the emoji, and completes what only one has", () => {
  const room = new Room().give(typed("so :smi"), key("tab"));
  assert.deepEqual(room.take(), [{ type: "emoji" }]);
  const names = { smile: "😄", smiley: "😃", tada: "🎉" };
  assert.equal(room.give({ type: "emoji", names }).model.editor.text, "so :smile");
  assert.equal(room.give({ type: "emoji", names }).model.flash, ":smile  :smiley");
  assert.equal(room.give(typed(":"), { type: "emoji", names }).model.editor.text, "so 😄");
  assert.equal(new Room().give(typed(":ta"), { type: "emoji", names }).model.editor.text, "🎉");
  assert.deepEqual(new Room().give(typed("at 12:30"), key("tab")).take(), []);
});

Deno.test("a path that is dropped into the empty input becomes the command that sends it", () => {
  const room = new Room().give({ type: "key", key: { type: "paste", text: "'/tmp/a b.png'", cut: false } });
  assert.deepEqual(room.take(), [{ type: "probe", text: "'/tmp/a b.png'" }]);
  room.give({ type: "dropped", text: "'/tmp/a b.png'", path: "/tmp/a b.png", image: true });
  assert.equal(room.model.editor.text, "/image /tmp/a b.png");
  const other = new Room().give(typed("x"), { type: "dropped", text: "/a", path: "/a", image: false });
  assert.equal(other.model.editor.text, "x");
});

Deno.test("a command that does not exist is not said to the room", () => {
  const room = new Room().submit("/nothing");
  assert.deepEqual(kinds(room.added()), ["trouble"]);
  assert.deepEqual(room.take(), []);
});

Deno.test("what comes while nobody looks is counted and marked, a mention is told to the desktop", () => {
  const away = { type: "key", key: { type: "focus", focused: false } } as const;
  const back = { type: "key", key: { type: "focus", focused: true } } as const;
  const room = new Room().give(event(textPost(1, "a")), away, event(textPost(2, "b")), event(textPost(3, "@Alice!")));
  assert.deepEqual([room.model.unread, room.model.unreadFrom], [2, 2]);
  assert.deepEqual(room.take(), [{ type: "read", seq: 1 }, { type: "notify", title: "小明", body: "@Alice!" }]);
  room.give(back);
  assert.deepEqual([room.model.unread, room.model.unreadFrom], [0, 2]);
  assert.deepEqual(room.take(), [{ type: "read", seq: 3 }]);
  assert.equal(room.give(away).model.unreadFrom, undefined);
});

Deno.test("/quiet keeps mentions from ringing, always or between two times", () => {
  const mention = event(textPost(1, "@Alice"));
  for (const when of ["", "on", "09:00-10:00", "23:00-09:06"]) {
    const room = new Room().submit(`/quiet ${when}`);
    assert.equal(room.take()[0]?.type, "quiet");
    assert.deepEqual(effectKinds(room.give(mention).take()), ["read"], when);
  }
  for (const when of ["off", "10:00-09:05", "22:00-08:00"]) {
    assert.ok(effectKinds(new Room().submit(`/quiet ${when}`).give(mention).take()).includes("bell"), when);
  }
});

Deno.test("/logout has this machine forget, and leaves", () => {
  assert.deepEqual(new Room().submit("/logout").take(), [{ type: "forget" }, { type: "quit" }]);
});

Deno.test("a server that has said less than is remembered has begun anew: its own messages are fetched", () => {
  const room = new Room({ posts: [textPost(8, "old"), textPost(9, "older")] });
  room.give({ type: "joined", head: 2, members: [] });
  assert.deepEqual(room.take(), [{ type: "context", seq: undefined }]);
  room.give({ type: "page", place: "context", posts: [textPost(1, "a"), textPost(2, "b")] });
  assert.deepEqual(room.model.timeline.entries.map((entry) => entry.type === "post" && entry.post.seq), [1, 2]);
  assert.ok(room.model.timeline.live);
});

Deno.test("what cannot be done is told in red", () => {
  assert.deepEqual(new Room().give({ type: "trouble", text: "no" }).added(), [{ type: "trouble", text: "no" }]);
});

Deno.test("/theme and /lang change the room while it is open", () => {
  const room = new Room().submit("/theme light");
  assert.deepEqual(room.take(), [{ type: "scheme", scheme: "light" }]);
  assert.deepEqual(texts(room.added()), ["Colours for a light background."]);
  room.submit("/lang zh").submit("/lang fr");
  assert.deepEqual(texts(room.added()), ["从现在起用中文。", "请写 /lang en 或 /lang zh"]);
  assert.deepEqual(room.take(), []);
});
