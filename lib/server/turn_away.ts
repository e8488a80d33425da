/**
 * Sending somebody away for whom there is no place: told so in its own dialect, which its first message shows, if that comes at
 * once. Only so many are heard out at a time; the others find the connection closed. So a flood costs next to nothing.
 */
import type { Socket } from "../net/connection.ts";
import { TLS_HANDSHAKE } from "../net/tls_gate.ts";
import { within } from "../net/within.ts";
import { LegacyStatus, loginReply, registerReply } from "../protocol/legacy.ts";
import { isLegacyId, LegacyId } from "../protocol/legacy_decoder.ts";
import { errorMessage, serverCodec } from "../protocol/server_message.ts";

const MAX_AT_ONCE = 64;
const PATIENCE_MS = 2000;
/** As much as a greeting can be, so that nothing is left unread: that would take the answer back. */
const GREETING_BYTES = 4096;

let atOnce = 0;

/** Closes a connection that may be tried again after so many milliseconds. */
export async function turnAway(socket: Socket, retryAfter: number): Promise<void> {
  if (atOnce >= MAX_AT_ONCE) return socket.close();
  atOnce++;
  try {
    const greeting = new Uint8Array(GREETING_BYTES);
    const length = await within(socket.read(greeting), PATIENCE_MS);
    if (length) await within(socket.write(answerTo(greeting[0] ?? 0, retryAfter)), PATIENCE_MS);
  } catch {
    // It has gone by itself.
  } finally {
    atOnce--;
    socket.close();
  }
}

function answerTo(id: number, retryAfter: number): Uint8Array {
  if (id === LegacyId.login) return loginReply(LegacyStatus.refused);
  if (id === LegacyId.register) return registerReply(LegacyStatus.refused);
  // A TLS handshake can be answered by nothing that its peer understands.
  if (isLegacyId(id) || id === TLS_HANDSHAKE) return new Uint8Array();
  return serverCodec.encode(errorMessage("too-many-connections", { retryAfter }));
}
