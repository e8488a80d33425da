/** Sending and fetching a file frame by frame, as a peer that keeps to the window. */
import { createHash } from "node:crypto";
import { CHUNK_BYTES, WINDOW_BYTES } from "../../lib/protocol/limits.ts";
import type { Heard, Peer } from "./peer.ts";

export type Stored = Extract<Heard, { op: "stored" }>;

export interface Offer {
  readonly stream?: number;
  readonly id?: string;
  readonly type?: "image" | "file";
  readonly name?: string;
}

/** Sends `size` bytes that `read` gives piece by piece, from where the server has them; returns STORED. */
export async function sendFile(
  peer: Peer,
  source: { readonly size: number; readonly read: (start: number, end: number) => Uint8Array },
  offer: Offer = {},
): Promise<Stored> {
  const { stream = 1, id = crypto.randomUUID(), type = "file", name = "file.bin" } = offer;
  const { size, read } = source;
  const answer = await peer.ask({ op: "upload", stream, room: "lobby", id, type, name, size });
  if (answer.op === "stored") return answer;
  if (answer.op !== "accepted") throw new Error(`The offer was answered by ${JSON.stringify(answer)}`);
  const { offset } = answer;
  const hash = createHash("sha256");
  for (let at = 0; at < offset; at += CHUNK_BYTES) hash.update(read(at, Math.min(offset, at + CHUNK_BYTES)));
  let acknowledged = offset;
  for (let at = offset; at < size;) {
    const bytes = read(at, Math.min(size, at + CHUNK_BYTES));
    while (at + bytes.length - acknowledged > WINDOW_BYTES) {
      acknowledged = (await peer.expect("ack", (ack) => ack.stream === stream)).offset;
    }
    await peer.chunk(stream, bytes);
    hash.update(bytes);
    at += bytes.length;
  }
  return await peer.get("stored", { op: "finish", stream, sha256: hash.digest("hex") });
}

export const sendBytes = (peer: Peer, content: Uint8Array, offer: Offer = {}): Promise<Stored> =>
  sendFile(peer, { size: content.length, read: (start, end) => content.subarray(start, end) }, offer);

/** Fetches a file from `offset` on, acknowledging as it comes; hands over each piece. */
export async function fetchFile(
  peer: Peer,
  id: string,
  options: { readonly stream?: number; readonly offset?: number; readonly piece: (bytes: Uint8Array) => void },
): Promise<void> {
  const { stream = 1, offset: start = 0, piece } = options;
  const { file } = await peer.get("accepted", { op: "download", stream, id, offset: start });
  for (let offset = start; offset < (file?.size ?? 0);) {
    const { payload } = await peer.expect("chunk", (chunk) => chunk.stream === stream);
    offset += payload.length;
    piece(payload);
    await peer.say({ op: "ack", stream, offset });
  }
}

export async function fetchBytes(peer: Peer, id: string, options: { stream?: number; offset?: number } = {}) {
  const pieces: Uint8Array[] = [];
  await fetchFile(peer, id, { ...options, piece: (bytes) => pieces.push(bytes) });
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}
