import assert from "node:assert/strict";
import { type Command, commandCodec } from "../../lib/protocol/command.ts";
import { Kind } from "../../lib/protocol/frame.ts";
import { errorMessage, serverCodec, type ServerMessage } from "../../lib/protocol/server_message.ts";

const encoder = new TextEncoder();
const decodePost = (payload: Uint8Array) => commandCodec.decode({ id: 22, kind: Kind.text, payload });
const decodeJson = (value: unknown) => decodePost(encoder.encode(JSON.stringify(value)));

const reframed = (frame: Uint8Array) => ({ id: frame[0] ?? 0, kind: frame[3] as Kind, payload: frame.subarray(8) });

const post = { request: 3, room: "lobby", id: "0b5e0ee2-6b1c-4f52-9c67-3f1d3f0a9b11", text: "你好 👋" };

Deno.test("a message comes back as it went", () => {
  const message: Command = { op: "post", ...post };
  assert.deepEqual(commandCodec.decode(reframed(commandCodec.encode(message))), { ok: true, message });
});

Deno.test("fields that nobody knows yet are ignored", () => {
  assert.deepEqual(decodeJson({ ...post, colour: "red" }), { ok: true, message: { op: "post", ...post } });
});

for (
  const [what, payload] of [
    ["invalid UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d)],
    ["a cut character", Uint8Array.of(0x22, 0xe4, 0xbd)],
    ["no JSON", encoder.encode("{")],
    ["nothing", new Uint8Array(0)],
    ["an array", encoder.encode("[]")],
    ["null", encoder.encode("null")],
    ["a string", encoder.encode('"text"')],
    ["a deep nest", encoder.encode("[".repeat(100_000))],
  ] as const
) {
  Deno.test(`${what} is a bad message, not an exception`, () => {
    const decoded = decodePost(payload);
    assert.ok(!decoded.ok);
    assert.equal(decoded.code, "bad-message");
  });
}

for (
  const [what, wrong] of [
    ["missing text", { ...post, text: undefined }],
    ["a number as text", { ...post, text: 5 }],
    ["an id that is no UUID", { ...post, id: "../../etc/passwd" }],
    ["an id in upper case", { ...post, id: post.id.toUpperCase() }],
    ["an empty room", { ...post, room: "" }],
    ["a room of 65 characters", { ...post, room: "r".repeat(65) }],
  ] as const
) {
  Deno.test(`${what} is refused, and the answer knows its request`, () => {
    const decoded = decodeJson(wrong);
    assert.ok(!decoded.ok);
    assert.deepEqual([decoded.code, decoded.request], ["bad-message", 3]);
    assert.match(decoded.reason, /^"(text|id|room)": /);
  });
}

Deno.test("a request number that is none is not echoed", () => {
  for (const request of [1.5, "3", null, -1, 2 ** 60]) {
    const decoded = decodeJson({ ...post, request });
    assert.ok(!decoded.ok);
    assert.equal(decoded.request, request === -1 ? -1 : undefined);
  }
});

Deno.test("an unknown id is an unknown message", () => {
  const decoded = commandCodec.decode({ id: 255, kind: Kind.text, payload: encoder.encode("{}") });
  assert.ok(!decoded.ok);
  assert.equal(decoded.code, "unknown-message");
});

Deno.test("a control message of another kind is a bad message", () => {
  for (const [id, kind] of [[22, Kind.image], [24, Kind.binary]] as const) {
    const decoded = commandCodec.decode({ id, kind, payload: encoder.encode(JSON.stringify(post)) });
    assert.ok(!decoded.ok);
    assert.equal(decoded.code, "bad-message");
  }
});

Deno.test("an error of a newer server still decodes", () => {
  const payload = encoder.encode(JSON.stringify({ code: "from-the-future", message: "Later." }));
  const decoded = serverCodec.decode({ id: 78, kind: Kind.text, payload });
  assert.ok(decoded.ok && decoded.message.op === "error");
  assert.equal(decoded.message.message, "Later.");
});

Deno.test("an error has its standard sentence unless there is a better one", () => {
  assert.equal(errorMessage("text-empty").message, "There is nothing in that text.");
  assert.equal(errorMessage("text-empty", { message: "Say something." }).message, "Say something.");
  assert.equal("request" in errorMessage("text-empty", { request: undefined }), false);
});

const from = { account: 65_535, name: "鲍勃" };
const event: ServerMessage = {
  op: "event",
  room: "lobby",
  type: "post",
  seq: 2 ** 53 - 1,
  id: post.id,
  from,
  at: 1_764_000_000_000,
  text: "你好 👋\u0000",
};

Deno.test("a text is compact, and comes back as it went", () => {
  const stored: ServerMessage = { op: "stored", request: 2 ** 32 - 1, room: "大厅", id: post.id, seq: 1, at: 0 };
  const operator: ServerMessage = { ...event, from: { account: 0, name: "operator" } };
  for (const message of [event, operator, stored]) {
    const frame = serverCodec.encode(message);
    assert.equal(frame[3], Kind.binary);
    assert.deepEqual(serverCodec.decode(reframed(frame)), { ok: true, message });
  }
});

Deno.test("what a compact form cannot hold goes as JSON", () => {
  const commands: readonly Command[] = [
    { op: "post", ...post, request: 2 ** 32 },
    { op: "post", ...post, text: "half a \ud83d" },
  ];
  for (const message of commands) {
    const frame = commandCodec.encode(message);
    assert.equal(frame[3], Kind.text);
    assert.deepEqual(commandCodec.decode(reframed(frame)), { ok: true, message });
  }
  const sha256 = "0".repeat(64);
  const messages: readonly ServerMessage[] = [
    { op: "stored", request: 1, room: "lobby", id: post.id, seq: 1, at: 0, sha256 },
    { ...event, from: { account: 1, name: "n".repeat(86) } },
  ];
  for (const message of messages) {
    const frame = serverCodec.encode(message);
    assert.equal(frame[3], Kind.text);
    assert.deepEqual(serverCodec.decode(reframed(frame)), { ok: true, message });
  }
});

Deno.test("a compact message that is cut short, or says what may not be, is refused", () => {
  const { id, kind, payload } = reframed(serverCodec.encode(event));
  const fixed = 34 + 1 + 6 + 1 + 5;
  for (let length = 0; length < fixed; length++) {
    assert.equal(serverCodec.decode({ id, kind, payload: payload.subarray(0, length) }).ok, false, `${length} bytes`);
  }
  const changed = (at: number, ...bytes: readonly number[]) => {
    const copy = payload.slice();
    copy.set(bytes, at);
    const decoded = serverCodec.decode({ id, kind, payload: copy });
    return decoded.ok ? "accepted" : decoded.reason;
  };
  assert.match(changed(0, 0, 0, 0, 0, 0, 0, 0, 0), /sequence number/);
  assert.match(changed(0, 0, 0x20), /2\^53/);
  assert.match(changed(35, 0xff), /UTF-8/);
  assert.match(changed(41, 0), /room/);
  assert.match(changed(41, 255), /too early/);
});

Deno.test("a compact question that is wrong is answered by its number", () => {
  const { id, kind, payload } = reframed(commandCodec.encode({ op: "post", ...post }));
  payload[20] = 0;
  const decoded = commandCodec.decode({ id, kind, payload });
  assert.ok(!decoded.ok);
  assert.deepEqual([decoded.code, decoded.request], ["bad-message", 3]);
});
