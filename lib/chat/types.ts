/**
 * The vocabulary of the chat: what every other part talks about, whatever it is stored in or sent through.
 *
 * Times are milliseconds since 1970-01-01 UTC, sizes are bytes, sequence numbers count from 1 in each room.
 */

/** An account's number, 1 to 65,535: the old protocol's header has 16 bits for it. */
export type AccountNumber = number;

/** Who somebody is: the number is the identity, the name is what people read. */
export interface Account {
  readonly account: AccountNumber;
  readonly name: string;
}

/** Whoever has the machine: in what the server's own commands say and do, no account is at work. */
export const OPERATOR: Account = { account: 0, name: "operator" };

/** A room's name, such as `lobby`. */
export type RoomId = string;

/** The room that everybody is in. */
export const LOBBY: RoomId = "lobby";

/** Somebody who is in a room now, however many connections they have there. */
export interface Member extends Account {
  /** When the first of their present connections joined. */
  readonly since: number;
}

/** What a file is, apart from who posted it. */
export interface FileInfo {
  /** The sender's name for it, for people to read; never a path to write to. */
  readonly name: string;
  readonly size: number;
  /** 64 lower-case hexadecimal digits; also the blob's name on disk. */
  readonly sha256: string;
  /** The media type that the server recognised from the first bytes. */
  readonly media: string;
}

/** What is the same for everything that is posted. */
interface Posted {
  /** The room's sequence number of this post. */
  readonly seq: number;
  /** The UUID that its sender gave it: a retry carries the same one and is stored once. */
  readonly id: string;
  readonly from: Account;
  readonly at: number;
}

export interface TextPost extends Posted {
  readonly type: "post";
  readonly text: string;
}

export interface FilePost extends Posted, FileInfo {
  readonly type: "image" | "file";
}

/** A numbered, durable event of a room. */
export type Post = TextPost | FilePost;

/** Somebody came or went. Not numbered and not kept: presence is a state, the log of a room is what was said. */
export interface Presence {
  readonly type: "joined" | "left";
  readonly member: Member;
  readonly at: number;
}

/** A post before the store has given it its sequence number and time. */
export type Draft =
  & { readonly id: string; readonly from: Account }
  & (
    | { readonly type: "post"; readonly text: string }
    | ({ readonly type: "image" | "file" } & FileInfo)
  );
