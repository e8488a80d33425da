/**
 * The legacy dialect as messages: what an old client says, and how the room looks to it.
 *
 * Its people read Chinese and see two lists: messages (a row that says who, then a row with a text or a picture), and notices
 * above the list of who is there. What it cannot show becomes a row of text. Nothing that comes from other people
 * reaches it with control characters in it, and nothing empty reaches it at all: both harm its window.
 */
import * as v from "valibot";
import type { Account } from "../chat/types.ts";
import type { LegacyFrame } from "./delivery.ts";
import { encodeFrame, Kind } from "./frame.ts";
import { type LegacyHeader, LegacyId, LegacyKind, UNOPENED } from "./legacy_decoder.ts";

/** A picture of more bytes is not taken from an old client, and is told to one as a line. */
export const MAX_LEGACY_IMAGE_BYTES = 16 * 1024 * 1024;

/** Why a registration or a login was not accepted, in numbers. */
export const LegacyStatus = { ok: 0, refused: 1, alreadyOnline: 2 } as const;
export type LegacyStatus = (typeof LegacyStatus)[keyof typeof LegacyStatus];

export interface LegacyCredentials {
  /** As it was typed. */
  readonly account: string;
  readonly password: string;
}

export type LegacyCommand =
  | { readonly op: "register"; readonly credentials: (LegacyCredentials & { readonly username: string }) | undefined }
  /** Without credentials where the body was no such thing. */
  | { readonly op: "login"; readonly credentials: LegacyCredentials | undefined }
  | { readonly op: "say"; readonly text: string }
  /** A picture that could not be opened at the other end. */
  | { readonly op: "unopened" }
  | { readonly op: "read"; readonly claimed: number }
  | { readonly op: "acknowledge"; readonly bytes: number }
  | { readonly op: "logout" | "close" }
  /** Nothing that anybody has to deal with. */
  | { readonly op: "nothing" };

const login = v.object({ account: v.string(), password: v.string() });
const registration = v.object({ ...login.entries, username: v.string() });

/** Bytes that are not UTF-8 become U+FFFD: a message with a hole in it is better than none. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** What a frame that was gathered whole means. Pictures with a body are not gathered. */
export function legacyCommand(header: LegacyHeader, body: Uint8Array): LegacyCommand {
  switch (header.id) {
    case LegacyId.register:
      return { op: "register", credentials: parse(registration, body) };
    case LegacyId.login:
      return { op: "login", credentials: parse(login, body) };
    case LegacyId.send:
      if (header.kind === LegacyKind.text) return { op: "say", text: decoder.decode(body) };
      return { op: header.kind === LegacyKind.image && header.length === UNOPENED ? "unopened" : "nothing" };
    case LegacyId.read:
      return { op: "read", claimed: header.account };
    case LegacyId.ack:
      return { op: "acknowledge", bytes: header.length };
    case LegacyId.logout:
      return { op: "logout" };
    case LegacyId.close:
      return { op: "close" };
    default:
      return { op: "nothing" };
  }
}

function parse<T>(schema: v.GenericSchema<unknown, T>, body: Uint8Array): T | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(decoder.decode(body)));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Replies are whole frames: the old client takes a part of one for a yes. */
export const registerReply = (status: LegacyStatus): Uint8Array => reply(LegacyId.register, { status });

/** The reply to LOGIN carries the id of SEND, and the name only with a yes. */
export const loginReply = (status: LegacyStatus, username?: string): Uint8Array =>
  reply(LegacyId.send, status === LegacyStatus.ok ? { status, username } : { status });

const reply = (id: number, body: object): Uint8Array =>
  encodeFrame({ id, stream: 0, kind: Kind.text }, encoder.encode(JSON.stringify(body)));

const frame = (id: number, account: number, text: string): LegacyFrame => ({
  id,
  account,
  kind: LegacyKind.text,
  body: encoder.encode(text),
});

/** A line among the notices; `account` is whom it is about. */
export const notice = (account: number, text: string): LegacyFrame => frame(LegacyId.notice, account, showable(text));

export const joinedNotice = (who: Account): LegacyFrame => notice(who.account, `${titleOf(who)}走进了聊天室!`);
export const leftNotice = (who: Account): LegacyFrame => notice(who.account, `${titleOf(who)}离开了聊天室!`);

export interface OnlineMember extends Account {
  /** `YYYY-MM-DD HH:MM:SS`, as people where the server stands read it. */
  readonly loginTime: string;
}

/** Who is there; `account` is whoever has come, or 0. */
export function onlineList(account: number, members: readonly OnlineMember[]): LegacyFrame {
  const list = members.map(({ account, name, loginTime }) => ({ account, loginTime, username: name }));
  return frame(LegacyId.onlineList, account, JSON.stringify(list));
}

/** The row that says who: before everything that somebody says or shows. */
export const says = (who: Account): LegacyFrame => frame(LegacyId.send, who.account, `${titleOf(who)}说:`);

/** The row with what was said. The text must not be empty. */
export const said = (who: Account, text: string): LegacyFrame => frame(LegacyId.send, who.account, showable(text));

/** The row with a picture, whose `length` bytes are fetched when it is its turn. */
export const shown = (who: Account, length: number): LegacyFrame => ({
  id: LegacyId.send,
  account: who.account,
  kind: LegacyKind.image,
  body: { length },
});

/** A file, or a picture that the old client cannot show, as the text that stands in its place. */
export const offered = (file: { readonly type: "image" | "file"; readonly name: string; readonly size: string }) =>
  `[${file.type === "image" ? "图片" : "文件"}] ${file.name} (${file.size})`;

/** Whether an old client shows pictures of this type; of those that it sent itself the type may be unknown. */
export const isShowable = ({ size, media }: { readonly size: number; readonly media: string }): boolean =>
  size <= MAX_LEGACY_IMAGE_BYTES && media !== "image/webp";

/** The operator of the server has no number. */
const titleOf = ({ name, account }: Account): string => account === 0 ? name : `${name}(${account})`;

/** Control characters but for tabs and line ends, and those that turn the direction of what follows. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSHOWABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

const showable = (text: string): string => text.replace(UNSHOWABLE, "\ufffd");
