import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Decoded,
  encodeFrame,
  type Frame,
  FrameDecoder,
  type FrameHeader,
  Kind,
} from "../../lib/protocol/frame.ts";
import { MAX_SKIPPED_BYTES } from "../../lib/protocol/limits.ts";

/** Puts bytes in, over everything that is there still, as a socket would. */
function push(decoder: FrameDecoder, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    const space = decoder.space().fill(0xee);
    const length = Math.min(space.length, rest.length);
    space.set(rest.subarray(0, length));
    decoder.filled(length);
    rest = rest.subarray(length);
  }
}

/** What a decoder makes of bytes that come in these pieces; payloads are copied, since views end with the next piece. */
function decodeAll(pieces: readonly Uint8Array[], limit = 1000): Decoded[] {
  const decoder = new FrameDecoder(() => limit);
  const decoded: Decoded[] = [];
  for (const piece of pieces) {
    push(decoder, piece);
    for (let next = decoder.next(); next.type !== "need-more"; next = decoder.next()) {
      decoded.push(next.type === "frame" ? { ...next, payload: next.payload.slice() } : next);
      if (next.type === "lost") return decoded;
    }
  }
  return decoded;
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

const concat = (parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

const frames = fc.array(fc.record({
  type: fc.constant("frame" as const),
  id: fc.integer({ min: 0, max: 255 }),
  stream: fc.integer({ min: 0, max: 65_535 }),
  kind: fc.constantFrom(Kind.text, Kind.image, Kind.binary),
  payload: fc.uint8Array({ maxLength: 300 }),
}, { noNullPrototype: true }));

Deno.test("frames survive being cut anywhere", () => {
  fc.assert(fc.property(frames, fc.array(fc.nat(), { maxLength: 20 }), (sent: Frame[], cuts) => {
    const bytes = concat(sent.map((frame) => encodeFrame(frame, frame.payload)));
    assert.deepEqual(decodeAll(cut(bytes, cuts)), sent);
    assert.deepEqual(decodeAll([...bytes].map((byte) => Uint8Array.of(byte))), sent);
  }));
});

Deno.test("any bytes give frames, a refusal, or a wish for more, and never an exception", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(fc.nat()), (bytes, cuts) => {
    assert.deepEqual(decodeAll(cut(bytes, cuts)), decodeAll([bytes]));
  }));
});

const header: FrameHeader = { id: 22, stream: 0, kind: Kind.text };

Deno.test("a frame over its limit is read past, and the next one is whole", () => {
  const bytes = concat([encodeFrame(header, new Uint8Array(11)), encodeFrame(header, Uint8Array.of(7))]);
  for (const pieces of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
    assert.deepEqual(decodeAll(pieces, 10), [
      { type: "oversized", header, length: 11, limit: 10 },
      { type: "frame", ...header, payload: Uint8Array.of(7) },
    ]);
  }
});

Deno.test("a length that cannot be read past loses the framing", () => {
  const bytes = encodeFrame(header, new Uint8Array(0));
  new DataView(bytes.buffer).setUint32(4, MAX_SKIPPED_BYTES + 1);
  const decoder = new FrameDecoder(() => 10);
  push(decoder, bytes);
  assert.equal(decoder.next().type, "lost");
  push(decoder, encodeFrame(header, Uint8Array.of(1)));
  assert.equal(decoder.next().type, "lost", "nothing behind it is believed");
});

Deno.test("an unknown kind loses the framing", () => {
  const [decoded] = decodeAll([new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")]);
  assert.deepEqual(decoded, { type: "lost", reason: "a header names the unknown kind 32" });
});

Deno.test("a promised length costs nothing until its bytes come", () => {
  const decoder = new FrameDecoder(() => 0xffff_ffff);
  const bytes = encodeFrame(header, new Uint8Array(0));
  new DataView(bytes.buffer).setUint32(4, 0xffff_ffff);
  const before = Deno.memoryUsage().external;
  push(decoder, bytes);
  assert.deepEqual(decoder.next(), { type: "need-more", partial: true });
  assert.ok(Deno.memoryUsage().external - before < 1024 * 1024);
});

Deno.test("a decoder tells whether a frame has begun", () => {
  const decoder = new FrameDecoder(() => 10);
  push(decoder, encodeFrame(header, Uint8Array.of(1)));
  assert.equal(decoder.next().type, "frame");
  assert.deepEqual(decoder.next(), { type: "need-more", partial: false });
  push(decoder, Uint8Array.of(22));
  assert.deepEqual(decoder.next(), { type: "need-more", partial: true });
});
