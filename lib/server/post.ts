/** Saying something: a text becomes a numbered post of the room. */
import { textFault } from "../chat/text.ts";
import { type Account, type Draft, isFile, type Post } from "../chat/types.ts";
import type { CommandOf } from "../protocol/command.ts";
import { errorMessage, type ServerMessage } from "../protocol/server_message.ts";
import type { JournalResult } from "./journal.ts";
import { refused } from "./moderation/refused.ts";
import type { Reply, SessionContext } from "./session_context.ts";

/** The answer to a text that nobody may say; nothing when it may be tried. */
export function unsayable({ services }: SessionContext, { request, text }: CommandOf<"post">): Reply {
  const fault = textFault(text, services.limits.text);
  return fault && errorMessage(fault, { request });
}

export async function post(session: SessionContext, from: Account, command: CommandOf<"post">): Promise<Reply> {
  const { request, room, id, text } = command;
  return unsayable(session, command) ??
    await submit(session, { room, request, draft: { id, from, type: "post", text } });
}

/** Hands a draft to its room's journal; the answer is STORED with the number it got, now or the first time. */
export async function submit(
  session: SessionContext,
  posting: { readonly room: string; readonly request: number; readonly draft: Draft },
): Promise<ServerMessage> {
  const { room, request, draft } = posting;
  const open = await session.services.rooms.get(room);
  if (!open) return errorMessage("unknown-room", { request });
  return outcomeReply(await open.journal.submit(draft), { request, room });
}

/** The answer to somebody of whose draft this became. */
export function outcomeReply(
  result: JournalResult,
  { request, room }: { readonly request: number; readonly room: string },
): ServerMessage {
  if (result.status === "refused") return refused(result.refusal, { request });
  if (result.status === "conflict") return errorMessage("id-conflict", { request });
  return stored(request, room, result.post);
}

/** The answer to somebody whose post is stored, now or earlier. */
export function stored(request: number, room: string, post: Post): ServerMessage {
  const { id, seq, at } = post;
  return { op: "stored", request, room, id, seq, at, ...(isFile(post) ? { sha256: post.sha256 } : {}) };
}
