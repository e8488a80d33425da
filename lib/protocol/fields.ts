/** The fields that messages are made of. */
import * as v from "valibot";
import { MAX_ACCOUNT } from "../chat/account.ts";
import { MAX_REASON, MAX_SANCTION_SECONDS, MAX_SLOW_SECONDS, ROLES } from "../chat/act.ts";
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
const keeperRole = v.picklist(["owner", "moderator"]);
export const member = v.object({ ...person.entries, since: time, role: v.exactOptional(keeperRole) });
export const keeper = v.object({ ...person.entries, role: keeperRole });

/** Who said or did something: account 0 is the operator of the server. */
const author = v.object({ account: integer(0, MAX_ACCOUNT), name: v.string() });
const reason = v.exactOptional(v.pipe(v.string(), v.maxLength(4 * MAX_REASON)));
const until = v.exactOptional(time);
export const terms = { until, reason };
/** CIDR; what it means is checked where it is used. */
const range = v.pipe(v.string(), v.maxLength(64));
const number = integer(1);

/** An act as it is asked for. */
export const wish = v.variant("type", [
  v.object({ type: v.picklist(["kick", "unmute", "unban"]), account, reason }),
  v.object({
    type: v.picklist(["mute", "ban"]),
    account,
    seconds: v.exactOptional(integer(1, MAX_SANCTION_SECONDS)),
    reason,
  }),
  v.object({
    type: v.literal("ban-range"),
    range,
    seconds: v.exactOptional(integer(1, MAX_SANCTION_SECONDS)),
    reason,
  }),
  v.object({ type: v.literal("unban-range"), range, reason }),
  v.object({ type: v.literal("slow"), seconds: integer(0, MAX_SLOW_SECONDS) }),
  v.object({ type: v.literal("read-only"), on: v.boolean() }),
  v.object({ type: v.literal("delete"), post: number, reason }),
  v.object({ type: v.literal("role"), account, role: v.picklist(ROLES) }),
]);

/** An act as it stands in a room. */
const act = v.variant("type", [
  v.object({ type: v.picklist(["kick", "mute", "ban"]), target: person, ...terms }),
  v.object({ type: v.picklist(["unmute", "unban"]), target: person, reason }),
  v.object({ type: v.literal("ban-range"), range: v.exactOptional(range), ...terms }),
  v.object({ type: v.literal("unban-range"), range: v.exactOptional(range), reason }),
  v.object({ type: v.literal("slow"), seconds: integer(0, MAX_SLOW_SECONDS) }),
  v.object({ type: v.literal("read-only"), on: v.boolean() }),
  v.object({ type: v.literal("delete"), post: number, target: author, reason }),
  v.object({ type: v.literal("role"), target: person, role: v.picklist(ROLES) }),
  v.object({ type: v.literal("claim"), target: person }),
  v.object({ type: v.literal("invite"), uses: integer(1), until: time }),
]);

const posted = { seq: integer(1), id: uuid, from: author, at: time };
const fileInfo = { name: v.pipe(v.string(), v.maxLength(2 * MAX_FILE_NAME)), size, sha256, media: v.string() };

/** A numbered event, told apart by `type`. */
export const post = v.variant("type", [
  v.object({ type: v.literal("post"), ...posted, text: v.string() }),
  v.object({ type: v.literal("image"), ...posted, ...fileInfo }),
  v.object({ type: v.literal("file"), ...posted, ...fileInfo }),
  v.object({ type: v.literal("removed"), ...posted, by: author, reason }),
  v.object({ type: v.literal("act"), ...posted, act }),
]);

/** An act in the audit log. */
export const actPost = v.object({ type: v.literal("act"), ...posted, act });
