/**
 * The vocabulary of the chat: what every other part talks about, whatever it is stored in or sent through.
 *
 * Times are milliseconds since 1970-01-01 UTC, sizes are bytes, sequence numbers count from 1 in each room.
 */

import type { Act, Role } from "./act.ts";

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
  /** Theirs, if they are no plain member. */
  readonly role?: Exclude<Role, "member">;
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

/** What is left of a post that was removed: that it was there, and who removed it. Its content is gone. */
export interface RemovedPost extends Posted {
  readonly type: "removed";
  readonly by: Account;
  readonly reason?: string;
}

/** What somebody did to keep order; `from` is who, account 0 being the operator of the machine. */
export interface ActPost extends Posted {
  readonly type: "act";
  readonly act: Act;
}

/** What somebody said. */
export type Said = TextPost | FilePost;

/** A numbered, durable event of a room. */
export type Post = Said | RemovedPost | ActPost;

export const isSaid = (post: Post): post is Said => post.type !== "act" && post.type !== "removed";
export const isFile = (post: Post): post is FilePost => post.type === "image" || post.type === "file";

/** Somebody came or went. Not numbered and not kept: presence is a state, the log of a room is what was said. */
export interface Presence {
  readonly type: "joined" | "left";
  readonly member: Member;
  readonly at: number;
}

/** A post before the store has given it its sequence number and time; `at` is told of what was said elsewhere before. */
export type Draft =
  & { readonly id: string; readonly from: Account; readonly at?: number }
  & (
    | { readonly type: "post"; readonly text: string }
    | ({ readonly type: "image" | "file" } & FileInfo)
    | { readonly type: "act"; readonly act: Act }
  );
