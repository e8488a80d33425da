/** What a server may say: ids 64 to 95 of the modern dialect, as README.md specifies them. */
import * as v from "valibot";
import { createCodec, type MessageOf } from "./codec.ts";
import { COMPACT_EVENT, COMPACT_STORED } from "./compact.ts";
import { ERROR_CODES, type ErrorCode } from "./error_code.ts";
import * as f from "./fields.ts";

const optional = v.exactOptional;

/** Codes of a newer server arrive as they are: a client shows the sentence. */
const errorCode = v.pipe(v.string(), v.transform((code) => code as ErrorCode));

const sanction = v.object({ target: f.person, ...f.terms });

export const SERVER_MESSAGES = {
  welcome: {
    id: 64,
    schema: v.object({
      version: v.number(),
      server: v.string(),
      heartbeat: f.duration,
      limits: v.object({ text: f.size, file: f.size, chunk: f.size, window: f.size, page: f.size }),
    }),
  },
  "logged-in": {
    id: 65,
    schema: v.object({
      request: f.request,
      account: f.account,
      name: v.string(),
      token: optional(v.string()),
      expires: optional(f.time),
    }),
  },
  joined: {
    id: 66,
    schema: v.object({
      request: f.request,
      room: f.room,
      first: f.seq,
      head: f.seq,
      members: v.array(f.member),
      motd: optional(v.string()),
    }),
  },
  members: {
    id: 67,
    schema: v.object({ request: optional(f.request), room: f.room, members: v.array(f.member) }),
  },
  stored: {
    id: 68,
    schema: v.object({
      request: f.request,
      room: f.room,
      id: f.uuid,
      seq: f.seq,
      at: f.time,
      sha256: optional(f.sha256),
    }),
    compact: COMPACT_STORED,
  },
  page: {
    id: 69,
    schema: v.object({
      request: f.request,
      room: f.room,
      first: f.seq,
      head: f.seq,
      events: v.array(f.post),
      more: v.boolean(),
    }),
  },
  accepted: {
    id: 70,
    schema: v.object({
      request: f.request,
      stream: f.stream,
      offset: f.size,
      file: optional(v.object({ name: v.string(), size: f.size, sha256: f.sha256, media: v.string() })),
    }),
  },
  event: { id: 71, schema: v.intersect([v.object({ room: f.room }), f.post]), compact: COMPACT_EVENT },
  presence: {
    id: 72,
    schema: v.object({ room: f.room, type: v.picklist(["joined", "left"]), member: f.member, at: f.time }),
  },
  behind: { id: 73, schema: v.object({ room: f.room, seq: f.seq }) },
  ack: { id: 74, schema: v.object({ stream: f.stream, offset: f.size }) },
  ping: { id: 75, schema: v.object({ request: f.request }) },
  pong: { id: 76, schema: v.object({ request: f.request }) },
  bye: {
    id: 77,
    schema: v.object({
      reason: v.picklist(["logout", "shutdown", "idle", "kicked", "banned", "revoked"]),
      message: v.string(),
      retryAfter: optional(f.duration),
      until: optional(f.time),
      why: optional(v.string()),
    }),
  },
  error: {
    id: 78,
    schema: v.object({
      request: optional(f.request),
      stream: optional(f.stream),
      code: errorCode,
      message: v.string(),
      retryAfter: optional(f.duration),
      ...f.terms,
    }),
  },
  found: {
    id: 79,
    schema: v.object({ request: f.request, room: f.room, events: v.array(f.post), before: optional(f.seq) }),
  },
  audited: {
    id: 80,
    schema: v.object({ request: f.request, room: f.room, acts: v.array(f.actPost), before: optional(f.seq) }),
  },
  invited: {
    id: 81,
    schema: v.object({ request: f.request, room: f.room, code: v.string(), uses: f.seq, expires: f.time }),
  },
  roles: {
    id: 82,
    schema: v.object({
      request: f.request,
      room: f.room,
      slow: f.seq,
      readOnly: v.boolean(),
      roles: v.array(f.keeper),
      mutes: optional(v.array(sanction)),
      bans: optional(v.array(sanction)),
      ranges: optional(v.array(v.object({ range: v.string(), ...f.terms }))),
    }),
  },
  certificate: { id: 90, schema: v.object({ pem: v.string(), name: optional(v.string()) }) },
  devices: {
    id: 86,
    schema: v.object({
      request: f.request,
      devices: v.array(v.object({
        device: f.seq,
        name: v.string(),
        created: f.time,
        used: f.time,
        current: v.boolean(),
      })),
    }),
  },
  revoked: { id: 87, schema: v.object({ request: f.request, count: f.seq }) },
  "password-changed": { id: 88, schema: v.object({ request: f.request }) },
} as const;

export type ServerMessage = MessageOf<typeof SERVER_MESSAGES>;
export const serverCodec = createCodec(SERVER_MESSAGES);

/** An ERROR with its standard sentence, or a better one for the place where it happened. */
export function errorMessage(
  code: ErrorCode,
  details: {
    request?: number | undefined;
    stream?: number;
    message?: string;
    retryAfter?: number;
    until?: number;
    reason?: string;
  } = {},
): Extract<ServerMessage, { op: "error" }> {
  const { request, message = ERROR_CODES[code], ...rest } = details;
  return { op: "error", code, message, ...rest, ...(request === undefined ? {} : { request }) };
}
