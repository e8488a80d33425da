/**
 * Control messages: one table of id and schema for each direction makes both the types and the two functions. They are JSON, but
 * for those that have a compact form as well, and are written in it when it can hold what they say.
 *
 * A decoded message is its JSON object with `op`, the table's key, beside the fields. Fields that the schema does not know
 * are ignored, so that a newer peer may add some; a field that is missing or wrong is a value with a sentence, never an exception.
 */
import * as v from "valibot";
import type { CompactForm } from "./compact.ts";
import { PayloadReader } from "./payload.ts";
import { encodeFrame, type Frame, Kind } from "./frame.ts";

type Fields = Record<string, unknown>;
interface MessageEntry {
  readonly id: number;
  readonly schema: v.GenericSchema<Fields>;
  /** Its fields are those of the schema, which the type of a table cannot say. */
  readonly compact?: CompactForm<never, object>;
}
export type MessageTable = { readonly [op: string]: MessageEntry };

/** The union of a table's messages. */
export type MessageOf<T extends MessageTable> = {
  [Op in keyof T & string]: { readonly op: Op } & v.InferOutput<T[Op]["schema"]>;
}[keyof T & string];

export type DecodeResult<M> =
  | { readonly ok: true; readonly message: M }
  /** `request` is what the message called itself, if that much could be read: the answer belongs to it. */
  | {
    readonly ok: false;
    readonly code: "bad-message" | "unknown-message";
    readonly reason: string;
    readonly request: number | undefined;
  };

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface Codec<M> {
  encode(message: M): Uint8Array;
  decode(frame: Pick<Frame, "id" | "kind" | "payload">): DecodeResult<M>;
}

/** The encoder and decoder of one table. */
export function createCodec<const T extends MessageTable>(table: T): Codec<MessageOf<T>> {
  const byId = new Map(Object.entries(table).map(([op, entry]) => [entry.id, { op, ...entry }]));
  return {
    encode(message) {
      const { id, compact } = table[message.op] as T[string];
      const payload = compact?.write(message as never);
      if (payload) return payload.frame({ id, stream: 0, kind: Kind.binary });
      const { op: _, ...fields } = message;
      return encodeFrame({ id, stream: 0, kind: Kind.text }, encoder.encode(JSON.stringify(fields)));
    },
    decode(frame) {
      const entry = byId.get(frame.id);
      if (!entry) return fault("unknown-message", `message ${frame.id} is not known here`);
      if (frame.kind === Kind.binary && entry.compact) {
        const read = readCompact(entry.compact, frame.payload);
        if (typeof read === "string") {
          const asks = entry.compact.asks && frame.payload.length >= 4;
          return fault("bad-message", read, asks ? new PayloadReader(frame.payload).u32() : undefined);
        }
        // As below: the form of this very op has read the fields.
        return { ok: true, message: { op: entry.op, ...read } as MessageOf<T> };
      }
      if (frame.kind !== Kind.text) return fault("bad-message", `message ${frame.id} must be of kind 1 (text)`);
      const json = parseJson(frame.payload);
      if (!json.ok) return fault("bad-message", json.reason);
      const parsed = v.safeParse(entry.schema, json.value, { abortEarly: true });
      if (parsed.success) {
        // The schema of this very op has accepted the fields, which the compiler cannot follow through the map.
        return { ok: true, message: { op: entry.op, ...parsed.output } as MessageOf<T> };
      }
      const [issue] = parsed.issues;
      const path = v.getDotPath(issue);
      return fault("bad-message", path ? `"${path}": ${issue.message}` : issue.message, requestOf(json.value));
    },
  };
}

function fault(code: "bad-message" | "unknown-message", reason: string, request?: number) {
  return { ok: false, code, reason, request } as const;
}

function readCompact(compact: CompactForm<never, object>, payload: Uint8Array): object | string {
  try {
    return compact.read(payload);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function parseJson(payload: Uint8Array): { ok: true; value: unknown } | { ok: false; reason: string } {
  let text: string;
  try {
    text = decoder.decode(payload);
  } catch {
    return { ok: false, reason: "the payload is not valid UTF-8" };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, reason: "the payload is not valid JSON" };
  }
}

function requestOf(value: unknown): number | undefined {
  const request = typeof value === "object" && value !== null && "request" in value ? value.request : undefined;
  return Number.isSafeInteger(request) ? request as number : undefined;
}
