/**
 * What is fed with anything at all, and what must hold whatever it is fed: one line each.
 *
 * Raw bytes find what nobody thought of; structured input gets past the first check. A finding is kept in `regressions.ts`.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cleanFileName, isFileName } from "../../lib/chat/text.ts";
import { checkName } from "../../lib/chat/account.ts";
import { parseConf } from "../../lib/files/conf.ts";
import { parseSize } from "../../lib/files/size.ts";
import { commandCodec, COMMANDS } from "../../lib/protocol/command.ts";
import { type Decoded, encodeFrame, FrameDecoder, Kind } from "../../lib/protocol/frame.ts";
import { SERVER_MESSAGES, serverCodec } from "../../lib/protocol/server_message.ts";
import { KeyDecoder } from "../../lib/terminal/keys.ts";
import { decodePicture } from "../../lib/terminal/picture.ts";
import { readPictureSize } from "../../lib/terminal/picture_size.ts";
import { sanitize } from "../../lib/terminal/sanitize.ts";
import { LEGACY_TARGETS } from "./legacy_targets.ts";
import { PROXY_TARGETS } from "./proxy_targets.ts";

export interface Target {
  readonly name: string;
  /** What must hold. */
  readonly invariant: string;
  readonly property: fc.IRawProperty<unknown>;
}

const bytes = fc.uint8Array({ maxLength: 4096 });
const anyText = fc.string({ unit: "binary", maxLength: 500 });
const utf8 = new TextEncoder();

/** Frames with honest and dishonest lengths, and garbage between them. */
const stream = fc.array(
  fc.oneof(
    fc.record({ id: fc.nat(255), stream: fc.nat(65_535), kind: fc.nat(5), length: fc.nat(5000), payload: bytes })
      .map(({ id, stream, kind, length, payload }) => {
        const frame = encodeFrame({ id, stream, kind: Kind.text }, payload);
        frame[3] = kind;
        if (length % 3 === 0) new DataView(frame.buffer).setUint32(4, length * 100_000);
        return frame;
      }),
    fc.record({ id: fc.nat(255), payload: bytes }).map(({ id, payload }) =>
      encodeFrame({ id, stream: 0, kind: 1 }, payload)
    ),
    bytes,
  ),
  { maxLength: 8 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

function decode(input: Uint8Array, pieces: readonly number[]): Decoded[] {
  const decoder = new FrameDecoder(() => 3000);
  const decoded: Decoded[] = [];
  for (let at = 0, turn = 0; at < input.length; turn++) {
    const space = decoder.space();
    const length = Math.min(1 + (pieces[turn % pieces.length] ?? 4095), space.length, input.length - at);
    space.set(input.subarray(at, at + length));
    decoder.filled(length);
    at += length;
    for (let next = decoder.next(); next.type !== "need-more"; next = decoder.next()) {
      decoded.push(next.type === "frame" ? { ...next, payload: next.payload.slice() } : next);
      if (next.type === "lost") return decoded;
    }
  }
  return decoded;
}

/** What a written message is read from again. */
const reframed = (frame: Uint8Array) => ({ id: frame[0] ?? 0, kind: frame[3] as Kind, payload: frame.subarray(8) });

/** Compact payloads of about the right form: numbers, labels that end in time or not, and a text. */
const compact = fc.tuple(
  fc.uint8Array({ minLength: 16, maxLength: 38 }),
  fc.array(fc.tuple(fc.nat(3), anyText), { maxLength: 3 }),
  fc.oneof(anyText.map((text) => utf8.encode(text)), bytes),
).map(([head, labels, text]) => {
  const parts = labels.map(([more, label]) => {
    const encoded = utf8.encode(label).subarray(0, 200);
    return [encoded.length + (more === 0 ? 40 : 0), ...encoded];
  });
  return Uint8Array.from([...head, ...parts.flat(), ...text]);
});

/** A message that is nearly right: fields of the right names with any values. */
const nearly = (table: Readonly<Record<string, { readonly id: number; readonly schema: { readonly type: string } }>>) =>
  fc.record({
    id: fc.oneof(fc.constantFrom(...Object.values(table).map(({ id }) => id)), fc.nat(255)),
    kind: fc.constantFrom(Kind.text, Kind.image, Kind.binary),
    payload: fc.oneof(
      bytes,
      compact,
      fc.json().map((json) => utf8.encode(json)),
      fc.record({
        request: fc.oneof(fc.nat(), fc.anything()),
        room: fc.oneof(fc.constant("lobby"), fc.anything()),
        id: fc.oneof(fc.uuid(), fc.anything()),
        text: fc.oneof(anyText, fc.anything()),
        stream: fc.oneof(fc.nat(70_000), fc.anything()),
        version: fc.oneof(fc.nat(3), fc.anything()),
        account: fc.oneof(fc.nat(70_000), fc.anything()),
        name: fc.oneof(anyText, fc.anything()),
        password: fc.oneof(anyText, fc.anything()),
        offset: fc.anything(),
        size: fc.anything(),
        type: fc.constantFrom("post", "image", "file", "joined", 5, null),
      }, { requiredKeys: [] }).map((message) => {
        try {
          return utf8.encode(JSON.stringify(message));
        } catch {
          return utf8.encode("{}"); // A BigInt, which JSON cannot say.
        }
      }),
    ),
  });

export const TARGETS: readonly Target[] = [
  ...LEGACY_TARGETS,
  ...PROXY_TARGETS,
  {
    name: "frames",
    invariant: "Any bytes, cut anywhere, give the same frames and refusals as in one piece, and never an exception.",
    property: fc.property(stream, fc.array(fc.nat(4095), { minLength: 1, maxLength: 50 }), (input, pieces) => {
      assert.deepEqual(decode(input, pieces), decode(input, [4095]));
    }),
  },
  {
    name: "commands",
    invariant: "Any frame is a command that is written as it was read, or a refusal with a code; never an exception.",
    property: fc.property(nearly(COMMANDS), (frame) => {
      const decoded = commandCodec.decode(frame);
      if (!decoded.ok) return assert.match(decoded.code, /^(bad|unknown)-message$/);
      assert.deepEqual(commandCodec.decode(reframed(commandCodec.encode(decoded.message))), decoded);
    }),
  },
  {
    name: "server-messages",
    invariant: "Any frame is a message that is written as it was read, or a refusal with a code; never an exception.",
    property: fc.property(nearly(SERVER_MESSAGES), (frame) => {
      const decoded = serverCodec.decode(frame);
      if (!decoded.ok) return assert.match(decoded.code, /^(bad|unknown)-message$/);
      assert.deepEqual(serverCodec.decode(reframed(serverCodec.encode(decoded.message))), decoded);
    }),
  },
  {
    name: "configuration",
    invariant: "Any text is a list of keys and values, or one SyntaxError that names a line of it.",
    property: fc.property(
      fc.oneof(anyText, fc.array(fc.tuple(anyText, anyText)).map((all) => all.map(([k, v]) => `${k}=${v}`).join("\n"))),
      (text) => {
        try {
          for (const { key, line } of parseConf(text)) {
            assert.ok(/^[A-Z_][A-Z0-9_]*$/.test(key) && line <= text.split("\n").length);
          }
        } catch (error) {
          assert.ok(error instanceof SyntaxError && /line \d+/.test(error.message));
        }
        const size = parseSize(text);
        assert.ok(size === undefined || (Number.isSafeInteger(size) && size >= 0));
      },
    ),
  },
  {
    name: "names",
    invariant:
      "Any path gives a legal file name; a name that is accepted is accepted again as it stands, and shows no control character.",
    property: fc.property(anyText, (text) => {
      assert.ok(isFileName(cleanFileName(text)));
      const name = checkName(text);
      if (!name.ok) return;
      assert.deepEqual(checkName(name.value), name);
      assert.doesNotMatch(name.value, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  },
  {
    name: "pictures",
    invariant:
      "Any bytes behind any picture's header are a picture of a bounded size or a refusal, never an exception.",
    property: fc.asyncProperty(
      fc.constantFrom(
        "89504e470d0a1a0a0000000d49484452",
        "ffd8ffe000104a46494600010100000100010000",
        "ffd8ffe1",
        "474946383961",
        "524946460000000057454250",
        "424d00000000000000000000",
        "",
      ),
      bytes,
      async (head, rest) => {
        const prefix = head.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
        const input = Uint8Array.from([...prefix, ...rest]);
        const size = readPictureSize(input);
        assert.ok(size === undefined || (size.width > 0 && size.height > 0));
        const decoded = await decodePicture(input, { maxPixels: 1_000_000 });
        if (decoded.ok) assert.ok(decoded.picture.width * decoded.picture.height <= 1_000_000);
      },
    ),
  },
  {
    name: "terminal",
    invariant:
      "Any text, made harmless, has no control character left and stays as it is; any keys are keys, however they are cut.",
    property: fc.property(anyText, bytes, (text, typed) => {
      for (const newlines of [true, false]) {
        const clean = sanitize(text, { newlines });
        assert.doesNotMatch(clean, newlines ? /(?!\n)\p{Cc}/u : /\p{Cc}/u);
        assert.equal(sanitize(clean, { newlines }), clean);
      }
      const keys = new KeyDecoder();
      for (const key of [...keys.push(typed), ...keys.flush()]) {
        if (key.type === "text") assert.doesNotMatch(key.text, /\p{Cc}/u);
      }
    }),
  },
];
