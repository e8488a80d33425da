/** Acts and refusals as people read them, in their language: names and times made ready, so that a text is one sentence. Pure. */
import type { Act } from "../chat/act.ts";
import { type Account, type ActPost, OPERATOR } from "../chat/types.ts";
import { ERROR_CODES } from "../protocol/error_code.ts";
import { sanitize } from "../terminal/sanitize.ts";
import type { Refused } from "./failure.ts";
import type { Texts } from "./texts.ts";
import { clockOf, dayOf } from "./time.ts";

/** What a sentence is made of. */
export interface ActWords {
  readonly who: string;
  /** Whom it was done to. */
  readonly whom: string;
  readonly until: string | undefined;
}

export function actLine(post: ActPost, texts: Texts): string {
  const { act } = post;
  const until = "until" in act && act.until !== undefined ? endOf(act.until, post.at) : undefined;
  const words = { who: nameOf(post.from, texts), whom: "target" in act ? nameOf(act.target, texts) : "", until };
  return texts.act(act, words) + because(act, texts);
}

/** What stands in a removed post's place. */
export function removedLine(post: { readonly by: Account; readonly reason?: string }, texts: Texts): string {
  return texts.removed(nameOf(post.by, texts)) + because(post, texts);
}

const because = (act: Act | { readonly reason?: string }, texts: Texts): string =>
  "reason" in act && act.reason !== undefined ? texts.because(sanitize(act.reason)) : "";

export const nameOf = ({ account, name }: Account, texts: Texts): string =>
  account === OPERATOR.account ? texts.operator : `${sanitize(name)}(${account})`;

/** Why the server refused something, with its end and reason where it gave them. */
export function refusalText(refused: Refused, texts: Texts, now: number): string {
  const { code, until, reason } = refused;
  if (until === undefined && reason === undefined) return texts.errors[code] ?? refused.message;
  const sentence = (texts.errors[code] ?? ERROR_CODES[code] ?? refused.message).replace(/[.。]$/, "");
  const end = until === undefined ? "" : texts.standing.until(endOf(until, now));
  return sentence + end + (reason === undefined ? "" : texts.because(sanitize(reason)));
}

/** When something ends: the time alone where that is today. */
export function endOf(until: number, now: number): string {
  return dayOf(until) === dayOf(now) ? clockOf(until) : `${dayOf(until)} ${clockOf(until)}`;
}
