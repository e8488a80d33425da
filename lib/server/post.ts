/** Saying something: a text becomes a numbered post of the room. */
import { textFault } from "../chat/text.ts";
import { type Account, type Draft, isFile, type Post } from "../chat/types.ts";
import type { CommandOf } from "../protocol/command.ts";
import { errorMessage, type ServerMessage } from "../protocol/server_message.ts";
import type { JournalOutcome } from "./journal.ts";
import { refused } from "./moderation/refused.ts";
import type { OpenRoom } from "./rooms.ts";
import type { Reply, SessionContext } from "./session_context.ts";

type PostOutcome = JournalOutcome | { readonly status: "unknown-room" };

/** The answer to a text that nobody may say; nothing when it may be tried. */
export function unsayable({ services }: SessionContext, { request, text }: CommandOf<"post">): Reply {
  const fault = textFault(text, services.limits.text);
  return fault && errorMessage(fault, { request });
}

/** Says a text; `settle` is told once what became of it, and must not throw. */
export function say(
  { services: { rooms } }: SessionContext,
  { from, command: { room, id, text } }: { readonly from: Account; readonly command: CommandOf<"post"> },
  settle: (outcome: PostOutcome) => void,
): void {
  const draft: Draft = { id, from, type: "post", text };
  const add = (open: OpenRoom | undefined) =>
    open ? open.journal.add(draft, settle) : settle({ status: "unknown-room" });
  const open = rooms.opened(room);
  if (open) add(open);
  else rooms.get(room).then(add, (error) => settle({ status: "failed", error }));
}

/** Hands a draft to its room's journal; the answer is STORED with the number it got, now or the first time. */
export async function submit(
  session: SessionContext,
  posting: { readonly room: string; readonly request: number; readonly draft: Draft },
): Promise<ServerMessage> {
  const { room, request, draft } = posting;
  const open = await session.services.rooms.get(room);
  return postReply(open ? await open.journal.submit(draft) : { status: "unknown-room" }, { request, room });
}

/** The answer to somebody whose draft became this. */
export function postReply(
  result: Exclude<PostOutcome, { readonly status: "failed" }>,
  { request, room }: { readonly request: number; readonly room: string },
): ServerMessage {
  if (result.status === "unknown-room") return errorMessage("unknown-room", { request });
  if (result.status === "refused") return refused(result.refusal, { request });
  if (result.status === "conflict") return errorMessage("id-conflict", { request });
  return stored(request, room, result.post);
}

/** The answer to somebody whose post is stored, now or earlier. */
export function stored(request: number, room: string, post: Post): ServerMessage {
  const { id, seq, at } = post;
  return { op: "stored", request, room, id, seq, at, ...(isFile(post) ? { sha256: post.sha256 } : {}) };
}
