/** Accounts and posts as rows of the tables, in both databases. */
import type { Post, RoomId } from "../chat/types.ts";
import type { AccountRecord } from "./store.ts";

export interface AccountRow {
  readonly account: number;
  readonly name: string;
  readonly password_hash: string;
  readonly created_at: number;
}

export interface PostRow {
  readonly room: RoomId;
  readonly seq: number;
  readonly id: string;
  readonly account: number;
  readonly name: string;
  readonly at: number;
  readonly type: string;
  /** Bytes where the database's binding cuts strings at the first NUL. */
  readonly text: string | Uint8Array | null;
  readonly file_name: string | null;
  readonly file_size: number | null;
  readonly file_sha256: string | null;
  readonly file_media: string | null;
}

/** The columns in the order of {@linkcode postValues}. */
export const POST_COLUMNS = [
  "room",
  "seq",
  "id",
  "account",
  "name",
  "at",
  "type",
  "text",
  "file_name",
  "file_size",
  "file_sha256",
  "file_media",
] as const satisfies readonly (keyof PostRow)[];

export function accountOf(row: AccountRow): AccountRecord {
  return { account: row.account, name: row.name, passwordHash: row.password_hash, createdAt: row.created_at };
}

export function postValues(room: RoomId, post: Post): (string | number | null)[] {
  const { seq, id, from, at, type } = post;
  const content = post.type === "post"
    ? [post.text, null, null, null, null]
    : [null, post.name, post.size, post.sha256, post.media];
  return [room, seq, id, from.account, from.name, at, type, ...content];
}

// A text may begin with U+FEFF, which is part of it.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function postOf(row: PostRow): Post {
  const { seq, id, at, type, text } = row;
  const posted = { seq, id, from: { account: row.account, name: row.name }, at };
  if (type === "post" && text !== null) {
    return { type, ...posted, text: typeof text === "string" ? text : utf8.decode(text) };
  }
  const { file_name: name, file_size: size, file_sha256: sha256, file_media: media } = row;
  const isFile = type === "image" || type === "file";
  if (isFile && name !== null && size !== null && sha256 !== null && media !== null) {
    return { type, ...posted, name, size, sha256, media };
  }
  throw new Error(`Cannot read post ${id}: its row is not that of a post (type ${type})`);
}
