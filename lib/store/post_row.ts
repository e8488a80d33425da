/** A post as a row of the table `chat_post`, in both databases. */
import type { Draft, Post, RoomId } from "../chat/types.ts";

export interface PostRow {
  readonly room: RoomId;
  readonly seq: number;
  readonly id: string;
  readonly account: number;
  readonly name: string;
  readonly at: number;
  readonly type: string;
  readonly text: string | null;
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

export function postValues(room: RoomId, post: Post): (string | number | null)[] {
  const { seq, id, from, at, type } = post;
  const content = post.type === "post"
    ? [post.text, null, null, null, null]
    : [null, post.name, post.size, post.sha256, post.media];
  return [room, seq, id, from.account, from.name, at, type, ...content];
}

export function postOf(row: PostRow): Post {
  const { seq, id, at } = row;
  const posted = { seq, id, from: { account: row.account, name: row.name }, at };
  if (row.type === "post") return { type: "post", ...posted, text: row.text ?? "" };
  if (row.type !== "image" && row.type !== "file") throw new Error(`Cannot read post ${id}: its type is ${row.type}`);
  const { file_name: name, file_size: size, file_sha256: sha256, file_media: media } = row;
  if (name === null || size === null || sha256 === null || media === null) {
    throw new Error(`Cannot read post ${id}: it says nothing of its file`);
  }
  return { type: row.type, ...posted, name, size, sha256, media };
}

/** The post that a draft becomes with its number and time. */
export function numbered(draft: Draft, seq: number, at: number): Post {
  const { id, from } = draft;
  if (draft.type === "post") return { type: "post", seq, id, from, at, text: draft.text };
  const { type, name, size, sha256, media } = draft;
  return { type, seq, id, from, at, name, size, sha256, media };
}
