import assert from "node:assert/strict";
import { type Command, commandCodec } from "../../lib/protocol/command.ts";
import { Kind } from "../../lib/protocol/frame.ts";
import { errorMessage, serverCodec } from "../../lib/protocol/server_message.ts";

const encoder = new TextEncoder();
const decodePost = (payload: Uint8Array) => commandCodec.decode({ id: 22, kind: Kind.text, payload });
const decodeJson = (value: unknown) => decodePost(encoder.encode(JSON.stringify(value)));

const post = { request: 3, room: "lobby", id: "0b5e0ee2-6b1c-4f52-9c67-3f1d3f0a9b11", text: "你好 👋" };

Deno.test("a message comes back as it went", () => {
  const message: Command = { op: "post", ...post };
  const decoded = commandCodec.decode({ id: 22, kind: Kind.text, payload: commandCodec.encode(message).subarray(8) });
  assert.deepEqual(decoded, { ok: true, message });
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
  const decoded = commandCodec.decode({ id: 22, kind: Kind.binary, payload: encoder.encode(JSON.stringify(post)) });
  assert.ok(!decoded.ok);
  assert.equal(decoded.code, "bad-message");
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
