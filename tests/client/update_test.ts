import assert from "node:assert/strict";
import { alice, DAY, event, filePost, key, member, ming, NINE, Room, textPost, told, typed } from "./people.ts";
import { Unreachable } from "../../lib/client/failure.ts";
import type { Effect, Item } from "../../lib/client/model.ts";

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

Deno.test("posts are printed, with a line before the first one of a day", () => {
  const room = new Room().give(event(textPost(1, "a")), event(textPost(2, "b")));
  assert.deepEqual(kinds(room.printed()), ["day", "post", "post"]);
  room.give(event(textPost(3, "c", { at: NINE + DAY })));
  assert.deepEqual(kinds(room.printed()), ["day", "post"]);
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
  assert.deepEqual(kinds(room.give(left).printed()), ["presence", "presence"]);
  assert.deepEqual([...room.model.members.keys()], [1001]);
});

Deno.test("a list of who is here replaces the old one; asked for, it is shown", () => {
  const room = new Room({ members: [member(alice)] });
  room.give(told({ op: "members", room: "lobby", members: [member(ming)] }));
  assert.deepEqual([...room.model.members.keys()], [1002]);
  assert.deepEqual(room.printed(), []);
  assert.deepEqual(room.submit("/who").take(), [{ type: "who" }]);
  assert.deepEqual(kinds(room.give({ type: "members", members: [member(alice)] }).printed()), ["members"]);
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
  assert.deepEqual(texts(room.printed()), ["Not sent: too long"]);
});

Deno.test("a text that is refused while something else is being written is shown instead", () => {
  const room = new Room().give(typed("new"), { type: "unsent", id: "a", text: "old", reason: "too long" });
  assert.equal(room.model.editor.text, "new");
  assert.deepEqual(texts(room.printed()), ["Not sent: too long", "old"]);
});

Deno.test("transfers are listed in the order of their beginning until they end", () => {
  const room = new Room().give(transfer(2, true), transfer(1, true), transfer(2, true));
  assert.deepEqual(room.model.transfers.map(({ id }) => id), [1, 2]);
  room.give({ type: "transferred", id: 1, note: "Saved a.bin" }, { type: "transferred", id: 2, trouble: "damaged" });
  assert.deepEqual(room.model.transfers, []);
  assert.deepEqual(room.printed(), [{ type: "note", text: "Saved a.bin" }, { type: "trouble", text: "damaged" }]);
});

Deno.test("files get numbers as they are shown, and keep them when earlier ones come from the history", () => {
  const room = new Room({ head: 6 }).give(
    event(filePost(5, "five")),
    event(textPost(6, "x")),
    event(filePost(7, "seven")),
  );
  room.take();
  assert.deepEqual(room.submit("/history 2").take(), [{ type: "history", before: 5, count: 2 }]);
  const page = { type: "history", posts: [filePost(3, "three"), filePost(4, "four")] } as const;
  const items = room.give(page).printed();
  assert.deepEqual(items.flatMap((item) => item.type === "post" ? [item.post.seq, item.file] : []), [3, 3, 4, 4]);
  const saved = (number: number) =>
    room.submit(`/save ${number}`).take().flatMap((effect) => effect.type === "save" ? [effect.file.name] : []);
  assert.deepEqual([1, 2, 3, 4].flatMap(saved), ["five", "seven", "three", "four"]);
  assert.deepEqual(room.submit("/history 2").take(), [{ type: "history", before: 3, count: 2 }]);
});

Deno.test("earlier messages stand between marks with their days, and what comes next has its day again", () => {
  const room = new Room().give(event(textPost(5, "now", { at: NINE + DAY })));
  room.take();
  room.give({ type: "history", posts: [textPost(3, "a"), textPost(4, "b")] });
  assert.deepEqual(texts(room.printed()), ["── earlier ──", "day", "post", "post", "── until here ──"]);
  assert.deepEqual(kinds(room.give(event(textPost(6, "c", { at: NINE + DAY }))).printed()), ["day", "post"]);
});

Deno.test("history that was asked for twice is shown once, and its beginning is said", () => {
  const room = new Room().give(event(textPost(3, "c")));
  const page = { type: "history", posts: [filePost(1, "a"), textPost(2, "b")] } as const;
  room.give(page).take();
  assert.deepEqual(room.give(page).printed(), []);
  assert.equal(room.model.files.length, 1);
  assert.deepEqual(texts(room.give({ type: "history", posts: [] }).printed()), ["There is nothing before that."]);
});

Deno.test("/save without such a file says so", () => {
  const [item] = new Room().submit("/save 1").printed();
  assert.equal(item?.type, "trouble");
});

Deno.test("a picture is shown as it comes; of those from before only the last one is", () => {
  const image = (seq: number) => event(filePost(seq, `${seq}.png`, { type: "image" }));
  const shown = (room: Room) => room.take().flatMap((effect) => effect.type === "show" ? [effect.file.seq] : []);
  const room = new Room({ head: 3 }).give(image(1), image(2), event(textPost(3, "hello")));
  assert.deepEqual(shown(room), [2]);
  assert.deepEqual(shown(room.give(image(4), image(5))), [4, 5]);
  assert.deepEqual(shown(room.give(event(filePost(6, "a.zip")))), []);
});

Deno.test("a picture has a caption unless it stands right beneath its own post", () => {
  const post = filePost(1, "a.png", { type: "image" });
  const picture = { type: "picture", post, drawing: { type: "undrawable", reason: "none" } } as const;
  const captions = (room: Room) => room.printed().flatMap((item) => item.type === "picture" ? [item.caption] : []);
  const room = new Room().give(event(post), { type: "stored", id: "x" }, picture);
  assert.deepEqual(captions(room), [false]);
  assert.deepEqual(captions(room.give(event(textPost(2, "hello")), picture)), [true]);
});

Deno.test("the server's words are printed, its farewell to us is not", () => {
  const room = new Room().give(told({ op: "behind", room: "lobby", seq: 1 }));
  room.give(told({ op: "bye", reason: "shutdown", message: "Back soon." }));
  room.give(told({ op: "error", code: "busy", message: "Too much." }));
  room.give(told({ op: "bye", reason: "logout", message: "Goodbye." }), told({ op: "pong", request: 1 }));
  assert.deepEqual(texts(room.printed()), ["Much is being said; catching up …", "Back soon.", "Too much."]);
});

Deno.test("losing the link is said once, and its return", () => {
  const offline = { type: "link", link: { state: "offline", reason: "It is gone.", retryMs: 1 } } as const;
  const room = new Room().give(offline, offline, { type: "link", link: { state: "online" } });
  assert.deepEqual(texts(room.printed()), ["Offline: It is gone.", "Connected again."]);
});

Deno.test("a link that has ended says why, shows what was not sent, and leaves", () => {
  const room = new Room().give(sending("a", "one"));
  room.give({ type: "link", link: { state: "ended", error: new Unreachable("No account.") } });
  const effects = room.take();
  assert.equal(effects.at(-1)?.type, "quit");
  const items = effects.flatMap((effect) => effect.type === "print" ? effect.items : []);
  assert.deepEqual(texts(items), ["No account.", "Not sent: one"]);
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

Deno.test("leaving waits for messages and files that are under way", () => {
  const room = new Room().give(sending("a", "one"), transfer(1, true), key("ctrl-d"));
  assert.match(texts(room.printed()).join(), /1 message and 1 file are done/);
  assert.deepEqual(effectKinds(room.give({ type: "stored", id: "a" }).take()), []);
  assert.deepEqual(effectKinds(room.give({ type: "transferred", id: 1, note: "Saved" }).take()), ["print", "quit"]);
});

Deno.test("leaving twice does not wait, and shows what was not sent", () => {
  const room = new Room().give(sending("a", "one"), key("ctrl-d"));
  room.take();
  assert.deepEqual(room.give(key("ctrl-d")).take(), [
    { type: "print", items: [{ type: "trouble", text: "Not sent: one" }] },
    { type: "quit" },
  ]);
});

Deno.test("a text that is refused while leaving keeps its writer here", () => {
  const room = new Room().give(sending("a", "one"), key("ctrl-d"));
  room.give({ type: "unsent", id: "a", text: "one", reason: "too long" });
  assert.equal(room.model.leaving, false);
  assert.ok(!effectKinds(room.take()).includes("quit"));
});

Deno.test("a program that has to end leaves at once", () => {
  const room = new Room().give(sending("a", "one"), { type: "terminated" });
  assert.deepEqual(effectKinds(room.take()), ["print", "quit"]);
});

Deno.test("ctrl-c with something written clears it and stays", () => {
  const room = new Room().give(typed("hello"), key("ctrl-c"));
  assert.deepEqual(room.take(), []);
  assert.equal(room.model.editor.text, "");
});

Deno.test("commands with paths become effects", () => {
  const room = new Room().submit("/image ~/a b.png").submit("/file x").give(event(filePost(1, "f"))).submit(
    "/save 1 y",
  );
  assert.deepEqual(room.take().filter(({ type }) => type !== "print"), [
    { type: "send", path: "~/a b.png", as: "image" },
    { type: "send", path: "x", as: "file" },
    { type: "save", file: filePost(1, "f"), path: "y" },
  ]);
});

Deno.test("tab completes commands and names, and shows the choices where there are several", () => {
  const room = new Room({ members: [member(alice), member({ account: 1003, name: "Alma" })] });
  assert.equal(room.give(typed("/im"), key("tab")).model.editor.text, "/image ");
  room.give(key("ctrl-u"), typed("@al"), key("tab"));
  assert.equal(room.model.editor.text, "@Al");
  room.take();
  assert.deepEqual(texts(room.give(key("tab")).printed()), ["@Alice  @Alma"]);
  assert.equal(room.give(typed("m"), key("tab")).model.editor.text, "@Alma ");
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
  assert.deepEqual(kinds(room.printed()), ["trouble"]);
});

Deno.test("/help names every command, and a command that does not exist is not said to the room", () => {
  const help = texts(new Room().submit("/help").printed()).join("\n");
  for (const name of ["/help", "/who", "/image", "/file", "/save", "/history", "/quit"]) assert.ok(help.includes(name));
  assert.deepEqual(kinds(new Room().submit("/nothing").printed()), ["trouble"]);
});

Deno.test("what cannot be done is told in red", () => {
  assert.deepEqual(new Room().give({ type: "trouble", text: "no" }).printed(), [{ type: "trouble", text: "no" }]);
});
