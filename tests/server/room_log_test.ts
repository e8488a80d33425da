import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cursor, RoomLog } from "../../lib/server/room_log.ts";

const CAPACITY = 200, SEGMENT = 50;
const newLog = (head = 0) => new RoomLog(head, { capacity: CAPACITY, segmentBytes: SEGMENT });

/** A frame of its own kind: every byte says which frame it is of. */
const frame = (index: number, size: number) => new Uint8Array(size).fill(index % 251 + 1);

const join = (parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

function takeAll(cursor: Cursor): Uint8Array[] {
  const taken: Uint8Array[] = [];
  for (let bytes = cursor.take(); bytes; bytes = cursor.take()) taken.push(bytes);
  return taken;
}

type Step =
  | { readonly type: "append"; readonly size: number; readonly numbered: boolean }
  | { readonly type: "open" | "take"; readonly reader: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("append" as const),
      size: fc.integer({ min: 1, max: 70 }),
      numbered: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("take" as const), reader: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("open" as const), reader: fc.nat(3) }) },
);

Deno.test("whatever the order of appends and takes, a cursor reads exactly what was appended since, or is behind", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.nat(1000), (steps, head) => {
    const log = newLog(head);
    const frames: { readonly bytes: Uint8Array; readonly seq: number }[] = [];
    const readers = new Map<
      number,
      { cursor: Cursor; from: number; startSeq: number; views: Uint8Array[]; copies: Uint8Array[] }
    >();
    const seqNow = () => frames.at(-1)?.seq ?? head;
    for (const action of steps) {
      if (action.type === "append") {
        const bytes = frame(frames.length, action.size);
        const seq = seqNow() + (action.numbered ? 1 : 0);
        log.append(bytes, action.numbered ? seq : undefined);
        frames.push({ bytes, seq });
      } else if (action.type === "open") {
        readers.set(action.reader, {
          cursor: log.cursorAtEnd(),
          from: frames.length,
          startSeq: seqNow(),
          views: [],
          copies: [],
        });
      } else {
        const reader = readers.get(action.reader);
        const bytes = reader?.cursor.take();
        if (reader && bytes) reader.views.push(bytes), reader.copies.push(bytes.slice());
        if (reader && !bytes && !reader.cursor.behind) {
          assert.deepEqual(join(reader.copies), join(frames.slice(reader.from).map(({ bytes }) => bytes)));
          assert.equal(reader.cursor.lastSeq, seqNow());
        }
      }
      assert.equal(log.head, seqNow());
    }
    for (const { cursor, from, startSeq, views, copies } of readers.values()) {
      // What was handed out stays what it was, whatever has been dropped since.
      assert.deepEqual(views, copies);
      const rest = takeAll(cursor);
      const expected = join(frames.slice(from).map(({ bytes }) => bytes));
      const read = join([...copies, ...rest]);
      assert.deepEqual(read, expected.subarray(0, read.length), "a prefix, without a hole");
      if (!cursor.behind) assert.equal(read.length, expected.length);
      // The number that a store would go on from is that of the last whole frame that was read.
      let length = 0, last = startSeq;
      for (const { bytes, seq } of frames.slice(from)) {
        if ((length += bytes.length) <= read.length) last = seq;
      }
      assert.equal(cursor.lastSeq, last);
    }
  }));
});

Deno.test("a cursor after a number reads from the next one on, for every number that the log still has", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 70 }), fc.boolean()), { minLength: 1, maxLength: 60 }),
    fc.nat(1000),
    (sizes, head) => {
      const log = newLog(head);
      const frames: { readonly bytes: Uint8Array; readonly seq: number | undefined }[] = [];
      let last = head;
      sizes.forEach(([size, numbered], index) => {
        const seq = numbered ? ++last : undefined;
        log.append(frame(index, size), seq);
        frames.push({ bytes: frame(index, size), seq });
      });
      assert.deepEqual(takeAll(log.cursorAfter(last) ?? log.cursorAtEnd()), []);
      assert.ok(log.cursorAfter(last), "the end is always there");
      assert.equal(log.cursorAfter(last + 1), undefined);
      let reachable = true;
      for (let seq = last - 1; seq >= head - 2; seq--) {
        const cursor = log.cursorAfter(seq);
        assert.ok(reachable || !cursor, "what is kept has no hole");
        reachable = cursor !== undefined;
        if (!cursor) continue;
        assert.equal(cursor.lastSeq, seq);
        const from = frames.findIndex((candidate) => candidate.seq === seq + 1);
        assert.deepEqual(join(takeAll(cursor)), join(frames.slice(from).map(({ bytes }) => bytes)));
        assert.equal(cursor.lastSeq, last);
      }
    },
  ));
});

Deno.test("memory is bounded: the log keeps its capacity and drops the rest", () => {
  const log = newLog();
  for (let seq = 1; seq <= 1000; seq++) log.append(frame(seq, 25), seq);
  const oldest = Array.from({ length: 1000 }, (_, seq) => seq).find((seq) => log.cursorAfter(seq));
  assert.equal(oldest, 1000 - CAPACITY / 25);
});

Deno.test("a frame longer than a segment, or than the whole log, is kept and read", () => {
  const log = newLog();
  const cursor = log.cursorAtEnd();
  log.append(frame(1, 10), 1);
  log.append(frame(2, 120), 2);
  assert.deepEqual(takeAll(cursor), [frame(1, 10), frame(2, 120)]);
  log.append(frame(3, 500), 3);
  assert.deepEqual(takeAll(log.cursorAfter(2) ?? cursor), [frame(3, 500)]);
  assert.equal(log.cursorAfter(1), undefined);
  assert.ok(cursor.behind, "its segment had to go");
  assert.equal(cursor.lastSeq, 2);
});

Deno.test("a number out of turn is our own mistake", () => {
  const log = newLog(7);
  assert.throws(() => log.append(frame(1, 1), 9), /Cannot append 9: the log is at 7/);
  assert.throws(() => log.append(frame(1, 1), 7), /Cannot append 7/);
  log.append(frame(1, 1), 8);
});
