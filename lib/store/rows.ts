/** Accounts and posts as rows of the tables, in both databases. */
import type { Act } from "../chat/act.ts";
import { isFile, type Post, type RoomId } from "../chat/types.ts";
import { type Removal, removalOf } from "./acts.ts";
import type { AccountRecord, Device } from "./store.ts";

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
  /** JSON: an act, or of a removed post its {@linkcode Removal}. */
  readonly act: string | null;
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
  "act",
] as const satisfies readonly (keyof PostRow)[];

export function accountOf(row: AccountRow): AccountRecord {
  return { account: row.account, name: row.name, passwordHash: row.password_hash, createdAt: row.created_at };
}

export interface DeviceRow {
  readonly device: number;
  readonly hash: string;
  readonly name: string;
  readonly created_at: number;
  readonly used_at: number;
}

export function deviceOf({ device, hash, name, created_at, used_at }: DeviceRow): Device {
  return { device, hash, name, createdAt: created_at, usedAt: used_at };
}

export function postValues(room: RoomId, post: Post): (string | number | null)[] {
  const { seq, id, from, at, type } = post;
  const text = post.type === "post" ? post.text : null;
  const file = isFile(post) ? [post.name, post.size, post.sha256, post.media] : [null, null, null, null];
  const content = [text, ...file, actJson(post)];
  return [room, seq, id, from.account, from.name, at, type, ...content];
}

function actJson(post: Post): string | null {
  if (post.type === "act") return JSON.stringify(post.act);
  return post.type === "removed" ? JSON.stringify(removalOf(post)) : null;
}

// A text may begin with U+FEFF, which is part of it.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export function postOf(row: PostRow): Post {
  const { seq, id, at, type, text } = row;
  const posted = { seq, id, from: { account: row.account, name: row.name }, at };
  if (type === "post" && text !== null) {
    return { type, ...posted, text: typeof text === "string" ? text : utf8.decode(text) };
  }
  if (type === "act" && row.act !== null) return { type, ...posted, act: JSON.parse(row.act) as Act };
  if (type === "removed" && row.act !== null) {
    return { type, ...posted, ...removalOf(JSON.parse(row.act) as Removal) };
  }
  const { file_name: name, file_size: size, file_sha256: sha256, file_media: media } = row;
  if ((type === "image" || type === "file") && name !== null && size !== null && sha256 !== null && media !== null) {
    return { type, ...posted, name, size, sha256, media };
  }
  throw new Error(`Cannot read post ${id}: its row is not that of a post (type ${type})`);
}
