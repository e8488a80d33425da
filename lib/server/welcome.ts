/** What the server says of itself to whoever greets it. */
import { CHUNK_BYTES, HEARTBEAT_MS, MAX_PAGE_EVENTS, PROTOCOL_VERSION, WINDOW_BYTES } from "../protocol/limits.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { Services } from "./services.ts";

export function welcome({ limits: { text, file }, name }: Pick<Services, "limits" | "name">): ServerMessage {
  const limits = { text, file, chunk: CHUNK_BYTES, window: WINDOW_BYTES, page: MAX_PAGE_EVENTS };
  return { op: "welcome", version: PROTOCOL_VERSION, server: name, heartbeat: HEARTBEAT_MS, limits };
}
