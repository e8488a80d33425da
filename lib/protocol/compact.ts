/**
 * The compact form of the three messages that every text costs, POST, STORED and EVENT: their JSON is longer than most texts, and
 * reading and writing it costs more than all the rest. README.md lays the bytes out.
 *
 * A form writes nothing when it cannot hold what a message says; that goes as JSON then. Reading is as strict as the
 * schemas are.
 */
import type { Post, TextPost } from "../chat/types.ts";
import { MAX_ROOM } from "./limits.ts";
import { PayloadReader, PayloadWriter } from "./payload.ts";

export interface CompactForm<Fields, Read = Fields> {
  /** The message's payload; nothing when it has to be JSON. */
  readonly write: (fields: Fields) => PayloadWriter | undefined;
  /** The message's fields. Throws a RangeError that says what is wrong with the payload. */
  readonly read: (payload: Uint8Array) => Read;
  /** Whether the first four bytes are `request`, to answer with what is wrong with the rest. */
  readonly asks?: boolean;
}

type Asked = { readonly request: number; readonly room: string; readonly id: string };

const MAX_REQUEST = 2 ** 32 - 1;
/** Bytes of UTF-8 that a UTF-16 unit can take. */
const UNIT = 3;

export const COMPACT_POST: CompactForm<Asked & { readonly text: string }> = {
  asks: true,
  write({ request, room, id, text }) {
    // What is no text is for the server to refuse, as it came.
    if (request > MAX_REQUEST || !text.isWellFormed()) return undefined;
    return new PayloadWriter(21 + UNIT * (room.length + text.length)).u32(request).uuid(id).label(room).text(text);
  },
  read(payload) {
    const reader = new PayloadReader(payload);
    return { request: reader.u32(), id: reader.uuid(), room: roomIn(reader), text: reader.text() };
  },
};

export const COMPACT_STORED: CompactForm<Asked & { readonly seq: number; readonly at: number; sha256?: string }> = {
  write({ request, room, id, seq, at, sha256 }) {
    if (request > MAX_REQUEST || sha256 !== undefined) return undefined;
    return new PayloadWriter(37 + UNIT * room.length).u32(request).uuid(id).u64(seq).u64(at).label(room);
  },
  read(payload) {
    const reader = new PayloadReader(payload);
    const [request, id, seq, at] = [reader.u32(), reader.uuid(), reader.u64(), reader.u64()];
    const stored = { request, room: roomIn(reader), id, seq, at };
    if (reader.text() !== "") throw new RangeError("something stands behind the room");
    return stored;
  },
};

export const COMPACT_EVENT: CompactForm<{ readonly room: string } & Post> = {
  write(event) {
    if (event.type !== "post") return undefined;
    const { room, seq, id, from, at, text } = event;
    if (UNIT * from.name.length > 255) return undefined;
    return new PayloadWriter(36 + UNIT * (room.length + from.name.length + text.length))
      .u64(seq).u64(at).uuid(id).u16(from.account).label(from.name).label(room).text(text);
  },
  read(payload): { readonly room: string } & TextPost {
    const reader = new PayloadReader(payload);
    const seq = within(reader.u64(), { what: "a sequence number", max: Number.MAX_SAFE_INTEGER });
    const at = reader.u64(), id = reader.uuid();
    const account = reader.u16();
    const name = reader.label(), room = roomIn(reader);
    return { room, type: "post", seq, id, from: { account, name }, at, text: reader.text() };
  },
};

function roomIn(reader: PayloadReader): string {
  const room = reader.label();
  within(room.length, { what: "the length of a room's name", max: MAX_ROOM });
  return room;
}

function within(value: number, { what, max }: { readonly what: string; readonly max: number }): number {
  if (value < 1 || value > max) throw new RangeError(`${what} is from 1 to ${max}`);
  return value;
}
