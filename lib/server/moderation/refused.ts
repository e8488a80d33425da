/** The answer to somebody who may not do or say something, with until when and why where that is known. */
import { ERROR_CODES, type ErrorCode } from "../../protocol/error_code.ts";
import { errorMessage, type ServerMessage } from "../../protocol/server_message.ts";
import type { EntryRefusal } from "../access/entry.ts";
import type { Fault } from "./moderation.ts";

export function refused(
  fault: Fault | EntryRefusal,
  details: { readonly request?: number | undefined; readonly stream?: number } = {},
): Extract<ServerMessage, { op: "error" }> {
  const { code, ...rest } = fault;
  return errorMessage(code, { ...details, ...rest, message: sentenceOf(fault) });
}

/** The sentence of a code, with its end (UTC) and reason. */
export function sentenceOf(fault: Fault | EntryRefusal): string {
  const sentence = ERROR_CODES[fault.code satisfies ErrorCode];
  const until = "until" in fault && fault.until !== undefined
    ? ` (until ${new Date(fault.until).toISOString().slice(0, 16).replace("T", " ")} UTC)`
    : "";
  const reason = "reason" in fault && fault.reason !== undefined ? ` Reason: ${fault.reason}` : "";
  return `${sentence.replace(/\.$/, "")}${until}.${reason}`;
}
