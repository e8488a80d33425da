/** The old dialect, fed with anything at all. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { deliver, type LegacyFrame, newDelivery, PIECE_BYTES } from "../../lib/protocol/delivery.ts";
import { legacyCommand } from "../../lib/protocol/legacy.ts";
import { LegacyDecoder, type LegacyHeader } from "../../lib/protocol/legacy_decoder.ts";
import type { Target } from "./targets.ts";

const LIMIT = 1000;

/** Frames with honest and dishonest lengths, and garbage. */
const stream = fc.array(
  fc.oneof(
    fc.record({ head: fc.uint8Array({ minLength: 4, maxLength: 4 }), length: fc.nat(1500), lie: fc.boolean() })
      .map(({ head, length, lie }) => [...head, lie ? 255 : 0, 0, length >> 8, length & 255, ...Array(length).fill(7)]),
    fc.tuple(fc.constantFrom(1, 7), fc.json()).map(([id, json]) => {
      const body = new TextEncoder().encode(json.slice(0, 200));
      return [id, 0, 0, 1, 0, 0, body.length >> 8, body.length & 255, ...body];
    }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]),
  ),
  { maxLength: 8 },
).map((parts) => Uint8Array.from(parts.flat()));

/** What comes of it, in which the pieces of a body stand as their bytes, one by one. */
function hear(input: Uint8Array, sizes: readonly number[]): unknown[] {
  const how = ({ kind }: LegacyHeader) => ({ how: kind === 2 ? "pieces" : "whole", limit: LIMIT }) as const;
  const decoder = new LegacyDecoder(how);
  const heard: unknown[] = [];
  for (let at = 0, turn = 0; at < input.length; turn++) {
    const space = decoder.space();
    const piece = input.subarray(at, at + Math.min(1 + (sizes[turn % sizes.length] ?? 0), space.length));
    space.set(piece);
    decoder.filled(piece.length);
    at += piece.length;
    for (let part = decoder.next(); part.type !== "need-more"; part = decoder.next()) {
      if (part.type === "piece") heard.push(...part.bytes);
      else if (part.type === "frame") {
        assert.ok(part.body.length <= LIMIT);
        heard.push(legacyCommand(part.header, part.body));
      } else heard.push(part);
    }
  }
  return heard;
}

const frame: fc.Arbitrary<LegacyFrame> = fc.record({
  id: fc.nat(255),
  account: fc.nat(65_535),
  kind: fc.constantFrom(1, 2),
  body: fc.oneof(fc.record({ length: fc.nat(30_000) }), fc.nat(30_000).map((length) => new Uint8Array(length))),
});

const deed = fc.oneof(
  fc.record({ type: fc.constant("enqueue" as const), frames: fc.array(frame, { maxLength: 3 }) }),
  fc.record({ type: fc.constant("acknowledged" as const), bytes: fc.oneof(fc.constant(0), fc.nat(9000), fc.nat()) }),
  fc.record({ type: fc.constant("time" as const) }),
);

type Owed = { readonly type: "nothing" | "header" } | { readonly type: "bytes"; readonly count: number };

function acknowledge(owed: Owed, bytes: number): Owed {
  if (owed.type === "header" && bytes === 0) return { type: "nothing" };
  if (owed.type !== "bytes") return owed;
  return owed.count > bytes ? { type: "bytes", count: owed.count - bytes } : { type: "nothing" };
}

/** Runs a delivery against a reader that does as it likes, and watches what is sent to it. */
function watch(
  deeds: readonly { readonly deed: typeof deed extends fc.Arbitrary<infer D> ? D : never; readonly after: number }[],
) {
  let now = 0;
  let state = newDelivery({ patience: 5000, now });
  /** What the reader has been sent and has not acknowledged; of the body being sent, what is still to come. */
  const reader: { owed: Owed } = { owed: { type: "nothing" } };
  let body = 0, over = false;
  const take = (input: Parameters<typeof deliver>[1]) => {
    const { state: next, output } = deliver(state, input);
    state = next;
    if (output?.type === "given-up") over = true;
    if (output?.type === "fetch") return take({ type: "fetched", bytes: new Uint8Array(output.length), now });
    if (output?.type !== "send") return;
    assert.ok(!over, "nothing is sent after giving up");
    assert.equal(reader.owed.type, "nothing", "nothing is sent before the last acknowledgement");
    if (body === 0) {
      assert.equal(output.bytes.length, 8, "a header is sent alone");
      body = new DataView(output.bytes.buffer).getUint32(4);
      assert.ok(body > 0, "nothing empty is announced");
      reader.owed = { type: "header" };
    } else {
      assert.equal(output.bytes.length, Math.min(PIECE_BYTES, body));
      body -= output.bytes.length;
      reader.owed = { type: "bytes", count: output.bytes.length };
    }
  };
  for (const { deed, after } of deeds) {
    now += after;
    if (deed.type === "acknowledged") reader.owed = acknowledge(reader.owed, deed.bytes);
    take({ ...deed, now });
  }
}

export const LEGACY_TARGETS: readonly Target[] = [
  {
    name: "legacy",
    invariant: "Any bytes, cut anywhere, give the same old messages as in one piece, none longer than its limit.",
    property: fc.property(stream, fc.array(fc.nat(500), { minLength: 1, maxLength: 30 }), (input, sizes) => {
      assert.deepEqual(hear(input, sizes), hear(input, [100_000]));
    }),
  },
  {
    name: "delivery",
    invariant: "Whatever a reader acknowledges, it gets a header alone, and nothing before it acknowledged the last.",
    property: fc.property(fc.array(fc.record({ deed, after: fc.nat(2000) }), { maxLength: 60 }), watch),
  },
];
