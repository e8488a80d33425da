/**
 * Sending files: DOWNLOAD opens a stream, which is filled no further than a window beyond what the peer has acknowledged.
 *
 * The window keeps a file from filling the socket in front of a chat line, and keeps a peer that does not take its file
 * from costing more than two buffers and an open file, and that not for ever.
 */
import { type FileInfo, isFile } from "../chat/types.ts";
import type { CommandOf } from "../protocol/command.ts";
import { CHUNK_ID } from "../protocol/command.ts";
import { Kind, writeHeader } from "../protocol/frame.ts";
import { CHUNK_BYTES, HEADER_BYTES, WINDOW_BYTES } from "../protocol/limits.ts";
import { errorMessage } from "../protocol/server_message.ts";
import { reasonOf } from "./log.ts";
import type { Reply, SessionContext } from "./session_context.ts";

export const MAX_DOWNLOADS = 8;

class Download {
  acknowledged: number;
  /** When the peer last acknowledged something, on the monotonic clock. */
  movedAt = performance.now();
  cancelled = false;
  #moved = Promise.withResolvers<void>();

  constructor(offset: number) {
    this.acknowledged = offset;
  }

  /** Resolves at the next acknowledgement or at the end. */
  get moved(): Promise<void> {
    return this.#moved.promise;
  }

  move(offset: number): void {
    this.acknowledged = Math.max(this.acknowledged, offset);
    this.movedAt = performance.now();
    this.#moved.resolve();
    this.#moved = Promise.withResolvers<void>();
  }

  cancel(): void {
    this.cancelled = true;
    this.#moved.resolve();
  }
}

export class Downloads {
  readonly #session: SessionContext;
  readonly #taken: (stream: number) => boolean;
  readonly #open = new Map<number, Download>();

  /** `taken` tells whether a stream serves another transfer of this connection. */
  constructor(session: SessionContext, taken: (stream: number) => boolean) {
    this.#session = session;
    this.#taken = taken;
  }

  has(stream: number): boolean {
    return this.#open.has(stream);
  }

  /** Transfers under way. */
  get open(): number {
    return this.#open.size;
  }

  async begin(command: CommandOf<"download">): Promise<Reply> {
    const { request, stream, id, offset = 0 } = command;
    if (this.has(stream) || this.#taken(stream)) return errorMessage("stream-in-use", { request, stream });
    if (this.#open.size >= MAX_DOWNLOADS) return errorMessage("too-many-transfers", { request, stream });
    const download = new Download(offset);
    this.#open.set(stream, download);
    try {
      const found = await this.#session.services.store.post(id);
      if (!found || !isFile(found.post)) return errorMessage("file-unknown", { request, stream });
      const { name, size, sha256, media } = found.post;
      if (offset > size) return errorMessage("bad-offset", { request, stream });
      using file = await this.#session.services.blobs[found.post.type].read(sha256);
      if (!file) {
        this.#session.log("blob-missing", { id, sha256 });
        return errorMessage("file-unknown", { request, stream, message: "The server no longer has that file." });
      }
      this.#session.send({ op: "accepted", request, stream, offset, file: { name, size, sha256, media } });
      try {
        await this.#pump(stream, download, { file, size, offset });
      } catch (error) {
        // The request has its answer; what failed is the transfer.
        this.#session.log("download-failed", { id, reason: reasonOf(error) });
        this.#session.send(errorMessage("internal-error", { stream }));
      }
    } finally {
      this.#open.delete(stream);
    }
    return undefined;
  }

  acknowledge(command: CommandOf<"ack">): Reply {
    this.#open.get(command.stream)?.move(command.offset);
    return undefined;
  }

  cancel(stream: number): void {
    this.#open.get(stream)?.cancel();
  }

  /** Ends the transfers of which nothing has been acknowledged for so many milliseconds. */
  endIdle(ms: number): void {
    for (const [stream, download] of this.#open) {
      if (download.cancelled || performance.now() - download.movedAt <= ms) continue;
      download.cancel();
      this.#session.send(errorMessage("transfer-idle", { stream }));
    }
  }

  close(): void {
    for (const download of this.#open.values()) download.cancel();
  }

  async #pump(
    stream: number,
    download: Download,
    source: { readonly file: Deno.FsFile; readonly offset: number } & Pick<FileInfo, "size">,
  ): Promise<void> {
    const { file, size } = source;
    const { downloads } = this.#session.services.metrics;
    await file.seek(source.offset, Deno.SeekMode.Start);
    // Two buffers in turn: one is read into while the other is being written.
    const buffers = [new Uint8Array(HEADER_BYTES + CHUNK_BYTES), new Uint8Array(HEADER_BYTES + CHUNK_BYTES)] as const;
    const written: [Promise<boolean>, Promise<boolean>] = [Promise.resolve(true), Promise.resolve(true)];
    let turn: 0 | 1 = 0;
    for (let sent = source.offset; sent < size;) {
      while (!download.cancelled && sent - download.acknowledged >= WINDOW_BYTES) await download.moved;
      if (download.cancelled || !await written[turn]) break;
      const buffer = buffers[turn];
      const read = await file.read(buffer.subarray(HEADER_BYTES));
      if (read === null) throw new Error(`the file ends at ${sent} of ${size} bytes`);
      writeHeader(buffer, { id: CHUNK_ID, stream, kind: Kind.binary }, read);
      written[turn] = this.#session.connection.sendBulk(buffer.subarray(0, HEADER_BYTES + read));
      sent += read;
      downloads.bytes += read;
      turn = turn === 0 ? 1 : 0;
    }
    const wholes = await Promise.all(written);
    if (!download.cancelled && wholes.every(Boolean)) downloads.finished++;
  }
}
