/** The fields that messages are made of. */
import * as v from "valibot";
import { MAX_ACCOUNT } from "../chat/account.ts";
import { MAX_FILE_NAME } from "../chat/text.ts";
import { MAX_ROOM, MAX_STREAM } from "./limits.ts";

const integer = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** Chosen by whoever asks; the answer carries the same. */
export const request = integer(0);
export const seq = integer(0);
export const time = integer(0);
export const size = integer(0);
export const duration = integer(0);
export const stream = integer(1, MAX_STREAM);
export const room = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_ROOM));
export const account = integer(1, MAX_ACCOUNT);
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const uuid = v.pipe(v.string(), v.regex(UUID, "must be a UUID in lower case"));
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal"));

export const person = v.object({ account, name: v.string() });
export const member = v.object({ ...person.entries, since: time });

/** Who said something: account 0 is the operator of the server. */
const author = v.object({ account: integer(0, MAX_ACCOUNT), name: v.string() });
const posted = { seq: integer(1), id: uuid, from: author, at: time };
const fileInfo = { name: v.pipe(v.string(), v.maxLength(2 * MAX_FILE_NAME)), size, sha256, media: v.string() };

/** A numbered event, told apart by `type`. */
export const post = v.variant("type", [
  v.object({ type: v.literal("post"), ...posted, text: v.string() }),
  v.object({ type: v.literal("image"), ...posted, ...fileInfo }),
  v.object({ type: v.literal("file"), ...posted, ...fileInfo }),
]);
