/** The specification speaks for itself: its examples, its table of errors and its list of messages are checked here. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { CHUNK_ID, commandCodec, COMMANDS } from "../../lib/protocol/command.ts";
import { ERROR_CODES } from "../../lib/protocol/error_code.ts";
import { encodeFrame, type Frame, FrameDecoder, Kind } from "../../lib/protocol/frame.ts";
import { SERVER_MESSAGES, serverCodec } from "../../lib/protocol/server_message.ts";

const page = await Deno.readTextFile(new URL("../../lib/protocol/README.md", import.meta.url));
const examples = [...page.matchAll(/^```(frame|compact|chunk) ?([\w-]*)\n([0-9a-f ]+)\n(.*)\n```$/gm)]
  .map(([, form, op = "", header = "", payload = ""]) => ({ form, op, header, payload }));

function bytesOf({ form, header, payload }: (typeof examples)[number]): Uint8Array {
  const hex = form === "compact" ? header + payload : header;
  const text = form === "compact" ? "" : payload;
  return Uint8Array.from([...Buffer.from(hex.replaceAll(" ", ""), "hex"), ...new TextEncoder().encode(text)]);
}

function decodeOne(bytes: Uint8Array): Frame {
  const decoder = new FrameDecoder(() => 1024 * 1024);
  decoder.space().set(bytes);
  decoder.filled(bytes.length);
  const decoded = decoder.next();
  assert.equal(decoded.type, "frame");
  assert.deepEqual(decoder.next(), { type: "need-more", partial: false });
  return decoded as Frame;
}

for (const example of examples) {
  Deno.test(`the example "${example.op || example.form}" (${example.header}) is what the code reads and writes`, () => {
    const bytes = bytesOf(example);
    const frame = decodeOne(bytes);
    if (example.form === "chunk") {
      assert.equal(frame.id, CHUNK_ID);
      assert.deepEqual(encodeFrame({ id: CHUNK_ID, stream: 1, kind: Kind.binary }, frame.payload), bytes);
      return;
    }
    const command = commandCodec.decode(frame);
    const message = serverCodec.decode(frame);
    assert.ok(command.ok || message.ok);
    if (command.ok) assert.deepEqual([command.message.op, commandCodec.encode(command.message)], [example.op, bytes]);
    if (message.ok) assert.deepEqual([message.message.op, serverCodec.encode(message.message)], [example.op, bytes]);
  });
}

Deno.test("every message has a heading with its number, and an example", () => {
  const shown = new Set(examples.map(({ op }) => op));
  for (const [op, { id }] of [...Object.entries(COMMANDS), ...Object.entries(SERVER_MESSAGES)]) {
    assert.match(page, new RegExp(`^### .*\\b${id} ${op.toUpperCase()}\\b`, "m"));
    assert.ok(shown.has(op), `${op} has no example`);
  }
  assert.match(page, new RegExp(`^### ${CHUNK_ID} CHUNK$`, "m"));
});

Deno.test("no two messages share a number", () => {
  const ids = [...Object.values(COMMANDS), ...Object.values(SERVER_MESSAGES)].map(({ id }) => id);
  assert.equal(new Set([...ids, CHUNK_ID]).size, ids.length + 1);
  assert.ok(ids.every((id) => id >= 16), "1 to 15 belong to the old dialect");
});

Deno.test("the table of errors is the code's", () => {
  const rows = [...page.matchAll(/^\| `([\w-]+)`\s*\| (.*?)\s*\|$/gm)].map(([, code, sentence]) => [code, sentence]);
  const errors = rows.filter(([code]) => code !== undefined && code in ERROR_CODES);
  assert.deepEqual(Object.fromEntries(errors), ERROR_CODES);
});

Deno.test("every error that the page names exists", () => {
  const [spec = ""] = page.split("## Error codes");
  const errors = [...spec.matchAll(/Errors:([^.]*)\./gs)].flatMap(([, list = ""]) => [...list.matchAll(/`([\w-]+)`/g)]);
  assert.ok(errors.length > 20);
  for (const [, code = ""] of errors) assert.ok(code in ERROR_CODES, `${code} is no error code`);
});
