/** What a client may say: ids 16 to 47 of the modern dialect, as README.md specifies them. */
import * as v from "valibot";
import { createCodec, type MessageOf } from "./codec.ts";
import { COMPACT_POST } from "./compact.ts";
import * as f from "./fields.ts";
import { MAX_INVITE_DAYS, MAX_INVITE_USES } from "../chat/act.ts";
import { MAX_AUDIT_ENTRIES, MAX_DEVICE_NAME, MAX_FOUND_EVENTS, MAX_PAGE_EVENTS } from "./limits.ts";

const optional = v.exactOptional;
const flag = v.boolean();
/** An invitation, or the owner's code. */
const code = v.pipe(v.string(), v.maxLength(64));
/** What a person's device is called, for that person alone. */
const device = v.pipe(v.string(), v.maxLength(MAX_DEVICE_NAME));

export const COMMANDS = {
  hello: {
    id: 16,
    schema: v.object({
      version: v.number(),
      client: optional(v.string()),
      capabilities: optional(v.array(v.string())),
    }),
  },
  register: {
    id: 17,
    schema: v.object({
      request: f.request,
      account: optional(v.number()),
      name: v.string(),
      password: v.string(),
      remember: optional(flag),
      invite: optional(code),
      device: optional(device),
    }),
  },
  login: {
    id: 18,
    schema: v.object({
      request: f.request,
      account: v.number(),
      password: v.string(),
      remember: optional(flag),
      device: optional(device),
    }),
  },
  resume: { id: 19, schema: v.object({ request: f.request, token: v.pipe(v.string(), v.maxLength(128)) }) },
  logout: { id: 20, schema: v.object({ request: f.request, forget: optional(v.pipe(v.string(), v.maxLength(128))) }) },
  join: {
    id: 21,
    schema: v.object({ request: f.request, room: f.room, after: optional(f.seq), last: optional(f.seq) }),
  },
  post: {
    id: 22,
    schema: v.object({ request: f.request, room: f.room, id: f.uuid, text: v.string() }),
    compact: COMPACT_POST,
  },
  history: {
    id: 23,
    schema: v.object({
      request: f.request,
      room: f.room,
      after: optional(f.seq),
      before: optional(f.seq),
      limit: optional(v.pipe(f.seq, v.minValue(1), v.maxValue(MAX_PAGE_EVENTS))),
    }),
  },
  who: { id: 24, schema: v.object({ request: f.request, room: f.room }) },
  upload: {
    id: 25,
    schema: v.object({
      request: f.request,
      stream: f.stream,
      room: f.room,
      id: f.uuid,
      type: v.picklist(["image", "file"]),
      name: v.string(),
      size: f.size,
    }),
  },
  finish: { id: 26, schema: v.object({ request: f.request, stream: f.stream, sha256: f.sha256 }) },
  download: {
    id: 27,
    schema: v.object({ request: f.request, stream: f.stream, id: f.uuid, offset: optional(f.size) }),
  },
  ack: { id: 28, schema: v.object({ stream: f.stream, offset: f.size }) },
  cancel: { id: 29, schema: v.object({ stream: f.stream }) },
  ping: { id: 30, schema: v.object({ request: f.request }) },
  pong: { id: 31, schema: v.object({ request: f.request }) },
  search: {
    id: 32,
    schema: v.object({
      request: f.request,
      room: f.room,
      text: v.string(),
      before: optional(f.seq),
      limit: optional(v.pipe(f.seq, v.minValue(1), v.maxValue(MAX_FOUND_EVENTS))),
    }),
  },
  act: { id: 33, schema: v.object({ request: f.request, room: f.room, id: f.uuid, act: f.wish }) },
  audit: {
    id: 34,
    schema: v.object({
      request: f.request,
      room: f.room,
      before: optional(f.seq),
      limit: optional(v.pipe(f.seq, v.minValue(1), v.maxValue(MAX_AUDIT_ENTRIES))),
    }),
  },
  invite: {
    id: 35,
    schema: v.object({
      request: f.request,
      room: f.room,
      uses: optional(v.pipe(f.seq, v.minValue(1), v.maxValue(MAX_INVITE_USES))),
      days: optional(v.pipe(f.seq, v.minValue(1), v.maxValue(MAX_INVITE_DAYS))),
    }),
  },
  owner: { id: 36, schema: v.object({ request: f.request, room: f.room, code }) },
  roles: { id: 37, schema: v.object({ request: f.request, room: f.room }) },
  certificate: { id: 46, schema: v.object({}) },
  devices: { id: 41, schema: v.object({ request: f.request }) },
  revoke: { id: 42, schema: v.object({ request: f.request, device: optional(f.seq) }) },
  password: { id: 43, schema: v.object({ request: f.request, old: v.string(), new: v.string() }) },
} as const;

export type Command = MessageOf<typeof COMMANDS>;
/** The command of one name. */
export type CommandOf<Op extends Command["op"]> = Extract<Command, { op: Op }>;
export const commandCodec = createCodec(COMMANDS);

/** Raw bytes of a transfer, in either direction: the one message that is not JSON. Its stream says which transfer. */
export const CHUNK_ID = 48;
