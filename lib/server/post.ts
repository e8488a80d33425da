/** Saying something: a text becomes a numbered post of the room. */
import { textFault } from "../chat/text.ts";
import { type Account, type Draft, isFile, type Post } from "../chat/types.ts";
import type { CommandOf } from "../protocol/command.ts";
import { errorMessage, type ServerMessage } from "../protocol/server_message.ts";
import { refused } from "./moderation/refused.ts";
import type { Reply, SessionContext } from "./session_context.ts";

export async function post(
  session: SessionContext,
  from: Account,
  command: CommandOf<"post">,
): Promise<Reply> {
  const { request, room, id, text } = command;
  const fault = textFault(text, session.services.limits.text);
  if (fault) return errorMessage(fault, { request });
  return await submit(session, { room, request, draft: { id, from, type: "post", text } });
}

/** Hands a draft to its room's journal; the answer is STORED with the number it got, now or the first time. */
export async function submit(
  session: SessionContext,
  posting: { readonly room: string; readonly request: number; readonly draft: Draft },
): Promise<ServerMessage> {
  const { request, draft } = posting;
  const open = await session.services.rooms.get(posting.room);
  if (!open) return errorMessage("unknown-room", { request });
  const result = await open.journal.submit(draft);
  if (result.status === "refused") return refused(result.refusal, { request });
  if (result.status === "conflict") return errorMessage("id-conflict", { request });
  return stored(request, open.room.id, result.post);
}

/** The answer to somebody whose post is stored, now or earlier. */
export function stored(request: number, room: string, post: Post): ServerMessage {
  const { id, seq, at } = post;
  return { op: "stored", request, room, id, seq, at, ...(isFile(post) ? { sha256: post.sha256 } : {}) };
}
