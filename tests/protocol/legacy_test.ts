/** The old dialect's messages to the byte, and what the old client is shown. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as legacy from "../../lib/protocol/legacy.ts";
import {
  type Intake,
  isLegacyId,
  LegacyDecoder,
  type LegacyHeader,
  type LegacyPart,
} from "../../lib/protocol/legacy_decoder.ts";

const utf8 = new TextEncoder();
const hex = (text: string) =>
  Uint8Array.from(text.replaceAll(" ", "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
const bytes = (header: string, body: string | Uint8Array = "") => {
  const payload = typeof body === "string" ? utf8.encode(body) : body;
  return Uint8Array.from([...hex(header), ...payload]);
};

const intake = ({ kind }: LegacyHeader): Intake => ({ how: kind === 2 ? "pieces" : "whole", limit: 100 });

/** What a decoder makes of bytes that come in pieces of this size; pieces of one body are joined. */
function decode(input: Uint8Array, size: number): LegacyPart[] {
  const decoder = new LegacyDecoder(intake);
  const parts: LegacyPart[] = [];
  for (let at = 0; at < input.length;) {
    const space = decoder.space().fill(0xee);
    const piece = input.subarray(at, at + Math.min(size, space.length));
    space.set(piece);
    decoder.filled(piece.length);
    at += piece.length;
    for (let part = decoder.next(); part.type !== "need-more"; part = decoder.next()) {
      const before = parts.at(-1);
      if (part.type === "piece" && before?.type === "piece") {
        parts[parts.length - 1] = { ...part, bytes: Uint8Array.from([...before.bytes, ...part.bytes]) };
      } else if (part.type === "piece") parts.push({ ...part, bytes: part.bytes.slice() });
      else parts.push(part.type === "frame" ? { ...part, body: part.body.slice() } : part);
    }
  }
  return parts;
}

const commands = (input: Uint8Array) =>
  decode(input, 7).map((part) => part.type === "frame" ? legacy.legacyCommand(part.header, part.body) : part.type);

Deno.test("what the old client says", () => {
  const dave = { account: "2001", password: "dave1234", username: "Dave" };
  const alice = { account: "1001", password: "alice123" };
  const said: readonly [Uint8Array, unknown][] = [
    [bytes("07 0000 01 0000003a", JSON.stringify(dave)), { op: "register", credentials: dave }],
    [bytes("01 03e9 01 00000028", `{"account":"1001","password":"alice123"}`), { op: "login", credentials: alice }],
    [bytes("02 03e9 01 00000006", "你好"), { op: "say", text: "你好" }],
    [bytes("02 03e9 02 ffffffff"), { op: "unopened" }],
    [bytes("03 03e9 01 00000000"), { op: "read", claimed: 1001 }],
    [bytes("05 0000 00 00000000"), { op: "acknowledge", bytes: 0 }],
    [bytes("05 03e9 01 00002000"), { op: "acknowledge", bytes: 8192 }],
    [bytes("06 03e9 01 00000000"), { op: "logout" }],
    [bytes("09 0000 01 00000000"), { op: "close" }],
    [bytes("0e 0000 01 00000000"), { op: "nothing" }],
    [bytes("02 03e9 02 00000000"), { op: "nothing" }],
    [bytes("01 03e9 01 00000002", "[]"), { op: "login", credentials: undefined }],
    [bytes("02 03e9 01 00000002", hex("61ff")), { op: "say", text: "a\ufffd" }],
  ];
  for (const [input, command] of said) {
    assert.deepEqual(commands(input), [command]);
    assert.ok(isLegacyId(input[0] ?? 0));
  }
  assert.deepEqual(
    commands(Uint8Array.from(said.flatMap(([input]) => [...input]))),
    said.map(([, command]) => command),
  );
});

Deno.test("what is too long is read past and the rest stays good; a picture comes in pieces", () => {
  const input = Uint8Array.from([
    ...bytes("01 0000 01 00000065", "x".repeat(101)),
    ...bytes("02 0000 02 00000065", "x".repeat(101)),
    ...bytes("02 0000 02 00000064", "y".repeat(100)),
    ...bytes("02 0000 01 00000064", "z".repeat(100)),
  ]);
  for (const size of [1, 7, 64, 1000]) {
    const parts = decode(input, size);
    assert.deepEqual(parts.map((part) => part.type), ["refused", "refused", "begin", "piece", "frame"]);
    const piece = parts[3];
    assert.ok(piece?.type === "piece");
    assert.deepEqual([piece.bytes, piece.rest], [utf8.encode("y".repeat(100)), 0]);
  }
});

Deno.test("no byte is kept of what is read past, whatever its length", () => {
  const decoder = new LegacyDecoder(intake);
  const header = hex("01 0000 01 ffffffff");
  decoder.space().set(header);
  decoder.filled(header.length);
  assert.equal(decoder.next().type, "refused");
  for (let i = 0; i < 10_000; i++) {
    const space = decoder.space();
    assert.ok(space.length <= 2 ** 18);
    decoder.filled(space.length);
    assert.deepEqual(decoder.next(), { type: "need-more", partial: true });
  }
});

Deno.test("bytes cut anywhere give the same messages", () => {
  const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.nat(3), fc.uint8Array({ maxLength: 150 })));
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 300 }), (sent, size) => {
    const input = Uint8Array.from(sent.flatMap(([id, kind, body]) => {
      const length = id === 5 ? 0 : body.length;
      return [id, 0, 9, kind, 0, 0, 0, id === 5 ? body.length : length, ...body.subarray(0, length)];
    }));
    assert.deepEqual(decode(input, size), decode(input, 4096));
    const refused = sent.filter(([id, , body]) => id !== 5 && body.length > 100).length;
    assert.equal(decode(input, size).filter((part) => part.type === "refused").length, refused);
  }));
});

Deno.test("replies are whole frames", () => {
  assert.deepEqual(legacy.registerReply(0), bytes("07 0000 01 0000000c", `{"status":0}`));
  assert.deepEqual(legacy.loginReply(1), bytes("02 0000 01 0000000c", `{"status":1}`));
  const reply = bytes("02 0000 01 0000001f", `{"status":0,"username":"Alice"}`);
  assert.deepEqual(legacy.loginReply(0, "Alice"), reply);
});

Deno.test("what the old client is shown", () => {
  const alice = { account: 1001, name: "爱丽丝" };
  const shows = (frame: ReturnType<typeof legacy.says>) => {
    assert.ok(frame.body instanceof Uint8Array);
    return [frame.id, frame.account, frame.kind, new TextDecoder().decode(frame.body)];
  };
  assert.deepEqual(shows(legacy.joinedNotice(alice)), [4, 1001, 1, "爱丽丝(1001)走进了聊天室!"]);
  assert.deepEqual(shows(legacy.leftNotice(alice)), [4, 1001, 1, "爱丽丝(1001)离开了聊天室!"]);
  assert.deepEqual(shows(legacy.says(alice)), [2, 1001, 1, "爱丽丝(1001)说:"]);
  assert.deepEqual(shows(legacy.said(alice, "a\tb\r\nc")), [2, 1001, 1, "a\tb\r\nc"]);
  assert.deepEqual(shows(legacy.said(alice, "\u001b[2J\u0000\u009b\u202eabc")), [2, 1001, 1, "�[2J���abc"]);
  const members = [{ ...alice, loginTime: "2026-01-02 03:04:05" }];
  assert.deepEqual(shows(legacy.onlineList(0, members)), [
    8,
    0,
    1,
    `[{"account":1001,"loginTime":"2026-01-02 03:04:05","username":"爱丽丝"}]`,
  ]);
  assert.deepEqual(legacy.shown(alice, 7), { id: 2, account: 1001, kind: 2, body: { length: 7 } });
  assert.equal(legacy.offered({ type: "file", name: "a.txt", size: "4 B" }), "[文件] a.txt (4 B)");
});
