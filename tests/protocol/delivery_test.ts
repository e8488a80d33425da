/** Stop and wait, against every order of things that the old client's reader depends on. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  deliver,
  type DeliveryInput,
  type DeliveryOutput,
  type DeliveryState,
  type LegacyFrame,
  newDelivery,
  owedMs,
  PICTURE_GAP_MS,
} from "../../lib/protocol/delivery.ts";

const PATIENCE = 1000;
const text = (length: number, account = 1001): LegacyFrame => ({
  id: 2,
  account,
  kind: 1,
  body: new Uint8Array(length).fill(0x61),
});
const picture = (length: number): LegacyFrame => ({ id: 2, account: 1001, kind: 2, body: { length } });

type Untimed = DeliveryInput extends infer I ? I extends DeliveryInput ? Omit<I, "now"> : never : never;
/** An input, perhaps with the time that has passed before it, and what must come of it: nothing unless said. */
type Row = readonly [Untimed & { readonly after?: number }, string?];

const enqueue = (...frames: readonly LegacyFrame[]) => ({ type: "enqueue", frames }) as const;
const ack = (bytes: number, after = 0) => ({ type: "acknowledged", bytes, after }) as const;
const fetched = (length: number) => ({ type: "fetched", bytes: new Uint8Array(length) }) as const;
const time = (after: number) => ({ type: "time", after }) as const;

/** An output in a word: a header is shown in hexadecimal, bytes of a body, which are all zero or "a", by their number. */
function brief(output: DeliveryOutput | undefined): string | undefined {
  if (!output) return undefined;
  if (output.type === "fetch") return `fetch ${output.offset}+${output.length}`;
  if (output.type === "wait") return `wait until ${output.until}`;
  if (output.type !== "send") return output.type;
  const hex = [...output.bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return /^(00|61)*$/.test(hex) ? `body ${output.bytes.length}` : `header ${hex}`;
}

const TABLE: readonly { readonly name: string; readonly rows: readonly Row[] }[] = [
  {
    name: "a header alone, its ACK, the body, its ACK",
    rows: [[enqueue(text(5)), "header 0203e90100000005"], [ack(0), "body 5"], [ack(5), "idle"]],
  },
  {
    name: "a long body in pieces of 8,192 bytes, each acknowledged before the next",
    rows: [
      [enqueue(text(10_791)), "header 0203e90100002a27"],
      [ack(0), "body 8192"],
      [ack(0x2000), "body 2599"],
      [ack(0x0a27), "idle"],
    ],
  },
  {
    name: "a body of exactly two pieces has no third",
    rows: [
      [enqueue(text(16_384)), "header 0203e90100004000"],
      [ack(0), "body 8192"],
      [ack(8192), "body 8192"],
      [ack(8192), "idle"],
    ],
  },
  {
    name: "a piece that arrives in fragments is acknowledged in several ACKs",
    rows: [
      [enqueue(text(9000)), "header 0203e90100002328"],
      [ack(0), "body 8192"],
      [ack(1448)],
      [ack(6743)],
      [ack(1), "body 808"],
      [ack(807)],
      [ack(1), "idle"],
    ],
  },
  {
    name: "the next header waits for the last ACK of the body before it",
    rows: [
      [enqueue(text(5), text(6, 7)), "header 0203e90100000005"],
      [enqueue(text(7))],
      [ack(0), "body 5"],
      [ack(4)],
      [ack(1), "header 0200070100000006"],
      [ack(0), "body 6"],
      [ack(6), "header 0203e90100000007"],
      [ack(0), "body 7"],
      [ack(7), "idle"],
    ],
  },
  {
    name: "an ACK that comes late is as good as another",
    rows: [[enqueue(text(5)), "header 0203e90100000005"], [ack(0, 900), "body 5"], [ack(2, 900)], [
      ack(3, 900),
      "idle",
    ]],
  },
  {
    name: "an ACK of bytes does not acknowledge a header, and one of none no bytes",
    rows: [
      [enqueue(text(5)), "header 0203e90100000005"],
      [ack(5)],
      [ack(0), "body 5"],
      [ack(0)],
      [ack(5), "idle"],
    ],
  },
  {
    name: "an ACK of more than was sent counts for that piece and no other",
    rows: [
      [enqueue(text(8193), text(5)), "header 0203e90100002001"],
      [ack(0), "body 8192"],
      [ack(100_000), "body 1"],
      [ack(100_000), "header 0203e90100000005"],
      [ack(100_000)],
      [ack(0), "body 5"],
      [ack(5), "idle"],
    ],
  },
  {
    name: "an ACK of nothing that was sent is nothing",
    rows: [[ack(0)], [ack(7)], [enqueue(text(5)), "header 0203e90100000005"]],
  },
  {
    name: "what is empty is never announced",
    rows: [
      [enqueue(text(0)), "idle"],
      [enqueue(picture(0), text(5), text(0)), "header 0203e90100000005"],
      [ack(0), "body 5"],
      [ack(5), "idle"],
    ],
  },
  {
    name: "a picture is fetched piece by piece, after its header is acknowledged",
    rows: [
      [enqueue(picture(10_000)), "header 0203e90200002710"],
      [ack(0), "fetch 0+8192"],
      [ack(0)],
      [fetched(8192), "body 8192"],
      [ack(8192), "fetch 8192+1808"],
      [ack(1808)],
      [fetched(1808), "body 1808"],
      [ack(1808), "idle"],
    ],
  },
  {
    name: "a second passes between two pictures, and what stands between them keeps its place",
    rows: [
      [enqueue(picture(1), text(5), picture(2), text(6)), "header 0203e90200000001"],
      [ack(0), "fetch 0+1"],
      [fetched(1), "body 1"],
      [ack(1, 100), "header 0203e90100000005"],
      [ack(0), "body 5"],
      [ack(5, 200), `wait until ${100 + PICTURE_GAP_MS}`],
      [ack(0)],
      [enqueue(text(7))],
      [time(PICTURE_GAP_MS - 201), `wait until ${100 + PICTURE_GAP_MS}`],
      [time(1), "header 0203e90200000002"],
      [ack(0), "fetch 0+2"],
      [fetched(2), "body 2"],
      [ack(2), "header 0203e90100000006"],
    ],
  },
  {
    name: "a picture that comes later than that does not wait",
    rows: [
      [enqueue(picture(1)), "header 0203e90200000001"],
      [ack(0), "fetch 0+1"],
      [fetched(1), "body 1"],
      [ack(1), "idle"],
      [time(PICTURE_GAP_MS)],
      [enqueue(picture(1)), "header 0203e90200000001"],
    ],
  },
  {
    name: "without an ACK of the header it is given up, and nothing wakes it again",
    rows: [
      [enqueue(text(5), text(6)), "header 0203e90100000005"],
      [time(PATIENCE - 1)],
      [time(1), "given-up"],
      [time(1)],
      [ack(0)],
      [enqueue(text(7))],
    ],
  },
  {
    name: "without an ACK of the whole body it is given up, and each ACK gives it time",
    rows: [
      [enqueue(text(5)), "header 0203e90100000005"],
      [time(PATIENCE - 1)],
      [ack(0), "body 5"],
      [time(PATIENCE - 1)],
      [ack(4)],
      [time(PATIENCE - 1)],
      [ack(0)],
      [time(1), "given-up"],
    ],
  },
  {
    name: "nobody owes anything while there is nothing to deliver, or while a picture is being fetched",
    rows: [
      [time(10 * PATIENCE)],
      [enqueue(picture(1)), "header 0203e90200000001"],
      [ack(0), "fetch 0+1"],
      [time(10 * PATIENCE)],
      [fetched(1), "body 1"],
      [time(PATIENCE), "given-up"],
    ],
  },
];

for (const { name, rows } of TABLE) {
  Deno.test(`delivery: ${name}`, () => {
    let now = 0;
    let state: DeliveryState = newDelivery({ patience: PATIENCE, now });
    rows.forEach(([{ after = 0, ...input }, expected], index) => {
      now += after;
      const step = deliver(state, { ...input, now });
      assert.equal(brief(step.output), expected, `row ${index + 1}`);
      state = step.state;
    });
  });
}

Deno.test("delivery: whatever is enqueued arrives at a reader that acknowledges, once and in order", () => {
  const frames = fc.array(
    fc.record({
      id: fc.constantFrom(2, 4, 8),
      kind: fc.constantFrom(1, 2),
      length: fc.nat(20_000),
      lazy: fc.boolean(),
    }),
    { maxLength: 6 },
  );
  fc.assert(fc.property(frames, fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }), (wanted, cuts) => {
    let now = 0, turn = 0;
    let state = newDelivery({ patience: Infinity, now });
    const heard: string[] = [];
    const bytesOf = (index: number, length: number) => Uint8Array.from({ length }, (_, i) => (index + i) % 251);
    const queue = wanted.map(({ id, kind, length, lazy }, index): LegacyFrame => ({
      id,
      account: index,
      kind,
      body: lazy ? { length } : bytesOf(index, length),
    }));
    let header: DataView | undefined, body: number[] = [];
    const inputs: Untimed[] = [enqueue(...queue)];
    for (let input = inputs.shift(); input; input = inputs.shift()) {
      const { state: next, output } = deliver(state, { ...input, now });
      state = next;
      if (output?.type === "wait") now = output.until, inputs.push({ type: "time" });
      if (output?.type === "fetch") {
        const { offset, length } = output;
        const index = header?.getUint16(1) ?? 0;
        inputs.push({ type: "fetched", bytes: bytesOf(index, offset + length).subarray(offset) });
      }
      if (output?.type !== "send") continue;
      if (!header) {
        assert.equal(output.bytes.length, 8);
        header = new DataView(output.bytes.buffer);
        inputs.push(ack(0));
        continue;
      }
      body.push(...output.bytes);
      for (let left = output.bytes.length; left > 0;) {
        const count = Math.min(left, cuts[turn++ % cuts.length] ?? 1);
        inputs.push(ack(count));
        left -= count;
      }
      if (body.length < header.getUint32(4)) continue;
      const index = header.getUint16(1);
      assert.deepEqual(Uint8Array.from(body), bytesOf(index, header.getUint32(4)));
      heard.push(`${header.getUint8(0)} ${index} ${header.getUint8(3)} ${body.length}`);
      header = undefined;
      body = [];
    }
    const sent = queue.filter((frame) => frame.body.length > 0);
    assert.deepEqual(heard, sent.map(({ id, account, kind, body }) => `${id} ${account} ${kind} ${body.length}`));
    assert.equal(owedMs(state, now + 1), 0);
  }));
});
