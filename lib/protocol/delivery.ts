/**
 * Handing frames to the reader of the old client, which takes them in one way only:
 *
 *     header alone → ACK → at most 8,192 bytes of body → ACKs that sum to them → … → the next header
 *
 * A header and body in one segment, a frame without a body, or a header before the last ACK freezes its window for good; two
 * pictures within a second become one. So this machine has at most one piece out, never sends a header and a body in one output,
 * drops what is empty, and lets a second pass after each picture.
 *
 * It is pure: a step from one state to the next, in which time is a field of the input. Whoever runs it writes each `send` by
 * itself, brings the bytes that `fetch` asks for, and gives it the time when `wait` has passed and now and then.
 */
import { HEADER_BYTES } from "./limits.ts";
import { LegacyKind } from "./legacy_decoder.ts";

/** The most that is sent of a body before an acknowledgement. */
export const PIECE_BYTES = 8192;

/** Milliseconds between a picture and the next one: a second, and a little since no two clocks agree. */
export const PICTURE_GAP_MS = 1100;

export interface LegacyFrame {
  readonly id: number;
  readonly account: number;
  readonly kind: number;
  /** The bytes, or how many there are to be fetched piece by piece. */
  readonly body: Uint8Array | { readonly length: number };
}

/** Where the first frame of the queue stands. */
type Stage =
  /** There is none. */
  | { readonly at: "rest" }
  /** It is a picture, and comes too soon after another. */
  | { readonly at: "gap" }
  | { readonly at: "header" }
  /** Somebody is bringing these bytes of the body. */
  | { readonly at: "fetch"; readonly offset: number; readonly length: number }
  /** The body has been sent up to `end`; `rest` bytes of that have not been acknowledged. */
  | { readonly at: "piece"; readonly end: number; readonly rest: number }
  /** The peer does not acknowledge: nothing is sent any more. */
  | { readonly at: "given-up" };

export interface DeliveryState {
  readonly queue: readonly LegacyFrame[];
  readonly stage: Stage;
  /** Milliseconds without an acknowledgement after which it is given up. */
  readonly patience: number;
  /** When something was last sent or acknowledged. */
  readonly since: number;
  /** When the last picture had been acknowledged. */
  readonly pictureAt: number;
}

export type DeliveryInput =
  & { readonly now: number }
  & (
    | { readonly type: "enqueue"; readonly frames: readonly LegacyFrame[] }
    | { readonly type: "acknowledged"; readonly bytes: number }
    /** What `fetch` asked for, all of it. */
    | { readonly type: "fetched"; readonly bytes: Uint8Array }
    /** Time has passed. */
    | { readonly type: "time" }
  );

export type DeliveryOutput =
  /** To be written by itself. */
  | { readonly type: "send"; readonly bytes: Uint8Array }
  | { readonly type: "fetch"; readonly offset: number; readonly length: number }
  /** There is nothing to do before that time. */
  | { readonly type: "wait"; readonly until: number }
  /** Everything has arrived. */
  | { readonly type: "idle" }
  | { readonly type: "given-up" };

export interface DeliveryStep {
  readonly state: DeliveryState;
  readonly output?: DeliveryOutput;
}

export const newDelivery = (options: { readonly patience: number; readonly now: number }): DeliveryState => ({
  queue: [],
  stage: { at: "rest" },
  patience: options.patience,
  since: options.now,
  pictureAt: -Infinity,
});

/** For how many milliseconds an acknowledgement has been owed. */
export const owedMs = ({ stage, since }: DeliveryState, now: number): number =>
  stage.at === "header" || stage.at === "piece" ? now - since : 0;

export function deliver(state: DeliveryState, input: DeliveryInput): DeliveryStep {
  const { stage } = state;
  if (stage.at === "given-up") return { state };
  switch (input.type) {
    case "enqueue": {
      const queue = [...state.queue, ...input.frames.filter((frame) => frame.body.length > 0)];
      return stage.at === "rest" ? begin({ ...state, queue }, input.now) : { state: { ...state, queue } };
    }
    case "acknowledged":
      return acknowledged(state, input);
    case "fetched":
      if (stage.at !== "fetch" || input.bytes.length !== stage.length) {
        throw new Error(`Cannot send ${input.bytes.length} bytes: the delivery is at ${JSON.stringify(stage)}`);
      }
      return sendPiece(state, { offset: stage.offset, bytes: input.bytes, now: input.now });
    case "time":
      if (stage.at === "gap") return begin(state, input.now);
      if (owedMs(state, input.now) < state.patience) return { state };
      return { state: { ...state, queue: [], stage: { at: "given-up" } }, output: { type: "given-up" } };
  }
}

/** What is acknowledged beyond what was sent, or before anything was, counts for nothing. */
function acknowledged(state: DeliveryState, { bytes, now }: { readonly bytes: number; readonly now: number }) {
  const { stage, queue: [frame, ...others] } = state;
  if (!frame) return { state };
  if (stage.at === "header") return bytes === 0 ? nextPiece(state, frame, { offset: 0, now }) : { state };
  if (stage.at !== "piece" || bytes === 0) return { state };
  const rest = stage.rest - bytes;
  if (rest > 0) return { state: { ...state, stage: { ...stage, rest }, since: now } };
  if (stage.end < frame.body.length) return nextPiece(state, frame, { offset: stage.end, now });
  const pictureAt = isPicture(frame) ? now : state.pictureAt;
  return begin({ ...state, queue: others, pictureAt }, now);
}

/** Goes on with the first frame of the queue. */
function begin(state: DeliveryState, now: number): DeliveryStep {
  const [frame] = state.queue;
  if (!frame) return { state: { ...state, stage: { at: "rest" } }, output: { type: "idle" } };
  const until = isPicture(frame) ? state.pictureAt + PICTURE_GAP_MS : now;
  if (now < until) return { state: { ...state, stage: { at: "gap" } }, output: { type: "wait", until } };
  return { state: { ...state, stage: { at: "header" }, since: now }, output: { type: "send", bytes: headerOf(frame) } };
}

function nextPiece(
  state: DeliveryState,
  { body }: LegacyFrame,
  { offset, now }: { readonly offset: number; readonly now: number },
): DeliveryStep {
  const length = Math.min(PIECE_BYTES, body.length - offset);
  if (body instanceof Uint8Array) {
    return sendPiece(state, { offset, bytes: body.subarray(offset, offset + length), now });
  }
  return { state: { ...state, stage: { at: "fetch", offset, length } }, output: { type: "fetch", offset, length } };
}

function sendPiece(
  state: DeliveryState,
  { offset, bytes, now }: { readonly offset: number; readonly bytes: Uint8Array; readonly now: number },
): DeliveryStep {
  const stage = { at: "piece", end: offset + bytes.length, rest: bytes.length } as const;
  return { state: { ...state, stage, since: now }, output: { type: "send", bytes } };
}

const isPicture = (frame: LegacyFrame): boolean => frame.kind === LegacyKind.image;

function headerOf({ id, account, kind, body }: LegacyFrame): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint8(0, id);
  header.setUint16(1, account);
  header.setUint8(3, kind);
  header.setUint32(4, body.length);
  return new Uint8Array(header.buffer);
}
