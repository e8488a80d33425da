/**
 * Sending a file: offered under the id of the post that it becomes, and gone on with from where the server has it after
 * every loss of the connection, until it is stored. The whole file is hashed here, so that what is stored is what was
 * meant.
 */
import { createHash } from "node:crypto";
import { cleanFileName } from "../chat/text.ts";
import type { RoomId } from "../chat/types.ts";
import { imageMedia, MEDIA_PREFIX_BYTES } from "../files/media.ts";
import { readChunks } from "../files/read_chunks.ts";
import { CHUNK_ID } from "../protocol/command.ts";
import { encodeFrame, Kind } from "../protocol/frame.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { UsageError } from "./failure.ts";
import type { Link } from "./link.ts";
import { newPostId } from "./post_id.ts";
import { Attempt, type TransferOptions } from "./transfer.ts";
import { expect } from "./expect.ts";
import type { Wire } from "./wire.ts";

export type Stored = Extract<ServerMessage, { op: "stored" }>;

export interface UploadOptions extends TransferOptions {
  readonly room: RoomId;
  /** `image` insists on a picture; left out, a picture is sent as one and anything else as a file. */
  readonly type?: "image" | "file";
}

export async function upload(link: Link, path: string, options: UploadOptions): Promise<Stored> {
  using file = await openLocal(path);
  const { size } = await file.stat();
  if (size === 0) throw new UsageError(`Cannot send ${path}: it is empty.`);
  if (size > link.limits.file) {
    throw new UsageError(`Cannot send ${path}: it has ${size} bytes, and the server takes ${link.limits.file}.`);
  }
  const type = options.type ?? (await isPicture(file) ? "image" : "file");
  const offer = { id: newPostId(), type, name: cleanFileName(path), size, room: options.room };
  return await link.lasting((wire) => sendOnce(wire, file, { link, offer, ...options }));
}

async function openLocal(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path, { read: true });
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : "it cannot be read";
    throw new UsageError(`Cannot send ${path}: ${why}.`);
  }
  throw new UsageError(`Cannot send ${path}: it is not a file.`);
}

async function isPicture(file: Deno.FsFile): Promise<boolean> {
  const prefix = new Uint8Array(MEDIA_PREFIX_BYTES);
  const length = await file.read(prefix) ?? 0;
  return imageMedia(prefix.subarray(0, length)) !== undefined;
}

interface Sending extends TransferOptions {
  readonly link: Link;
  readonly offer: {
    readonly id: string;
    readonly type: "image" | "file";
    readonly name: string;
    readonly size: number;
    readonly room: RoomId;
  };
}

async function sendOnce(wire: Wire, file: Deno.FsFile, { link, offer, progress, signal }: Sending): Promise<Stored> {
  let acknowledged = 0;
  await using attempt = new Attempt(wire, {
    signal,
    acknowledged: (offset) => {
      acknowledged = offset;
      progress?.(offset, offer.size);
    },
  });
  const { stream } = attempt;
  const answer = await link.insist(wire, { op: "upload", stream, ...offer });
  // It was stored before the connection was lost, and only the answer was not heard.
  if (answer.op === "stored") {
    attempt.complete();
    return answer;
  }
  const { offset: resumed } = await expect(answer, "accepted");
  const { chunk, window } = wire.welcome.limits;
  const hash = createHash("sha256");
  let position = 0;
  acknowledged = resumed;
  await file.seek(0, Deno.SeekMode.Start);
  for await (const bytes of readChunks(file, chunk)) {
    hash.update(bytes);
    const fresh = bytes.subarray(Math.max(0, resumed - position));
    position += bytes.length;
    await attempt.until(() => position - acknowledged <= window);
    if (fresh.length > 0) await wire.sendChunk(encodeFrame({ id: CHUNK_ID, stream, kind: Kind.binary }, fresh));
  }
  if (position !== offer.size) throw new UsageError(`Cannot send ${offer.name}: it changed while it was being read.`);
  await attempt.until(() => acknowledged >= offer.size);
  const sha256 = hash.digest("hex");
  const stored = await expect(link.insist(wire, { op: "finish", stream, sha256 }), "stored");
  attempt.complete();
  return stored;
}
