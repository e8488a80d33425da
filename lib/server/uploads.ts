/**
 * Receiving files: UPLOAD opens a stream, CHUNKs fill it, FINISH checks it and makes a post of it.
 *
 * An upload is a post whose content takes longer to arrive: its id is the post's, and a peer that offers the same id again
 * is told from where to go on. Every ACK names bytes that outlive this process. At most a window of bytes may
 * be under way without an ACK. A chunk that cannot be kept stops its own transfer and nothing else.
 */
import type { Account } from "../chat/types.ts";
import { isFileName } from "../chat/text.ts";
import { isDiskFull } from "../files/blobs.ts";
import { OTHER_MEDIA } from "../files/media.ts";
import { WriteBehind } from "../files/write_behind.ts";
import type { CommandOf } from "../protocol/command.ts";
import type { ErrorCode } from "../protocol/error_code.ts";
import type { Frame } from "../protocol/frame.ts";
import { errorMessage } from "../protocol/server_message.ts";
import { reasonOf } from "./log.ts";
import { refused } from "./moderation/refused.ts";
import { stored, submit } from "./post.ts";
import type { Reply, SessionContext } from "./session_context.ts";
import { refusedShare, takeShare } from "./limits/take_share.ts";
import { alone, letGo, quiet, type Upload, whenQuiet } from "./upload.ts";
import { fullDisk, looksLikeImage, whenAway } from "./upload_outcomes.ts";
import type { Receiving } from "./upload_registry.ts";
import type { Share } from "./limits/upload_shares.ts";

/** Uploads that one connection may have open at once. */
export const MAX_UPLOADS = 8;

interface Opening {
  cancelled: boolean;
  readonly done: PromiseWithResolvers<void>;
}

export class Uploads {
  readonly #session: SessionContext;
  readonly #taken: (stream: number) => boolean;
  readonly #opening = new Map<number, Opening>();
  readonly #open = new Map<number, Upload>();
  /** Streams whose transfer was stopped: what is still on its way to them is passed over in silence. */
  readonly #stopped = new Set<number>();

  /** `taken` tells whether a stream serves another transfer of this connection. */
  constructor(session: SessionContext, taken: (stream: number) => boolean) {
    this.#session = session;
    this.#taken = taken;
  }

  has(stream: number): boolean {
    return this.#open.has(stream) || this.#opening.has(stream);
  }

  /** Transfers under way. */
  get open(): number {
    return this.#open.size + this.#opening.size;
  }

  async begin(account: Account, command: CommandOf<"upload">): Promise<Reply> {
    const { request, stream } = command;
    const fault = this.#fault(command);
    if (fault) return errorMessage(fault, { request, stream });
    // The stream is taken from now on: to open a large upload again takes a while, in which other commands are heard.
    const opening: Opening = { cancelled: false, done: Promise.withResolvers<void>() };
    this.#opening.set(stream, opening);
    try {
      return await this.#begin(account, command, opening);
    } catch (error) {
      if (isDiskFull(error)) return errorMessage("disk-full", { request, stream });
      throw error;
    } finally {
      this.#opening.delete(stream);
      opening.done.resolve();
    }
  }

  async #begin(account: Account, command: CommandOf<"upload">, opening: Opening): Promise<Reply> {
    const { request, stream, size } = command;
    const { uploads, blobs, rooms } = this.#session.services;
    const open = await rooms.get(command.room);
    if (!open) return errorMessage("unknown-room", { request, stream });
    const key = `${account.account}-${command.id}`;
    // Whoever takes over waits until this one has opened the file or let go of it: two must never have it open.
    const receiving: Receiving = {
      supersede: async () => {
        await opening.done.promise;
        await this.#supersede(stream, receiving);
      },
    };
    let opened = false;
    let share: Share | undefined;
    try {
      await uploads.take(key, receiving);
      const done = await this.#alreadyPosted(account, command);
      if (done) return done;
      const refusal = open.room.uploadRefusal(account.account);
      if (refusal) return refused(refusal, { request, stream });
      const shared = await takeShare(this.#session.services, this.#session.peer, { account: account.account, size });
      if ("refusal" in shared) return refusedShare(shared, { request, stream });
      share = shared.share;
      const partial = await blobs[command.type].receive(key, { size });
      if (opening.cancelled || !uploads.holds(key, receiving)) {
        partial.close();
        return errorMessage(opening.cancelled ? "unknown-stream" : "transfer-superseded", { request, stream });
      }
      opened = true;
      const upload: Upload = Object.assign(receiving, {
        key,
        command,
        partial,
        share,
        from: partial.offset,
        arrived: partial.offset,
        movedAt: performance.now(),
        refusal: () => open.room.uploadRefusal(account.account),
        writer: new WriteBehind((bytes) => this.#write(stream, upload, bytes)),
        busy: undefined,
      });
      this.#open.set(stream, upload);
      this.#stopped.delete(stream);
      return { op: "accepted", request, stream, offset: partial.offset };
    } finally {
      if (!opened) {
        uploads.release(key, receiving);
        share?.end(0);
      }
    }
  }

  #fault(command: CommandOf<"upload">): ErrorCode | undefined {
    if (this.has(command.stream) || this.#taken(command.stream)) return "stream-in-use";
    if (this.#open.size + this.#opening.size >= MAX_UPLOADS) return "too-many-transfers";
    if (!isFileName(command.name)) return "bad-file-name";
    if (command.size === 0) return "file-empty";
    return command.size > this.#session.services.limits.file ? "file-too-large" : undefined;
  }

  /** The answer to an offer whose id is a post already: its sender lost the connection before hearing so. */
  async #alreadyPosted(account: Account, { request, stream, id, type }: CommandOf<"upload">): Promise<Reply> {
    const found = await this.#session.services.store.post(id).catch(whenAway);
    if (!found) return undefined;
    const { room, post } = found;
    const same = post.from.account === account.account && post.type === type;
    return same ? stored(request, room, post) : errorMessage("id-conflict", { request, stream });
  }

  async chunk(frame: Frame): Promise<void> {
    const { stream, payload } = frame;
    const upload = this.#open.get(stream);
    if (!upload) {
      if (!this.#stopped.has(stream)) this.#session.send(errorMessage("unknown-stream", { stream }));
      this.#stopped.add(stream);
      return;
    }
    // Nothing has moved by that.
    if (payload.length === 0) return;
    upload.movedAt = performance.now();
    const refusal = upload.refusal();
    if (refusal) return await this.stop(stream, refusal.code, refused(refusal, { stream }));
    upload.arrived += payload.length;
    if (upload.arrived > upload.partial.size) return await this.stop(stream, "bad-offset");
    await upload.writer.add(payload);
  }

  /** Never rejects: nobody waits for it. */
  async #write(stream: number, upload: Upload, bytes: Uint8Array): Promise<void> {
    const { partial } = upload;
    if (this.#open.get(stream) !== upload) return;
    try {
      await partial.append(bytes);
      this.#session.services.metrics.uploads.bytes += bytes.length;
      if (this.#open.get(stream) !== upload) return;
      if (upload.command.type === "image" && !looksLikeImage(partial)) {
        await partial.discard();
        return this.#stop(stream, "not-an-image");
      }
      this.#session.send({ op: "ack", stream, offset: partial.offset });
    } catch (error) {
      this.#session.log("upload-failed", { reason: reasonOf(error) });
      this.#stop(stream, isDiskFull(error) ? "disk-full" : "internal-error");
    }
  }

  async finish(account: Account, command: CommandOf<"finish">): Promise<Reply> {
    const upload = this.#open.get(command.stream);
    if (!upload) return unknownStream(command);
    return await alone(upload, () => this.#finish(account, command, upload));
  }

  async #finish(account: Account, command: CommandOf<"finish">, upload: Upload): Promise<Reply> {
    const { request, stream, sha256 } = command;
    if (this.#open.get(stream) !== upload) return unknownStream(command);
    const { id, name, type, size, room } = upload.command;
    // From before it becomes a blob until its post is stored, nobody may take it for one that no post has.
    using _ = this.#session.services.blobs[type].hold(sha256);
    const result = await upload.partial.finish(sha256).catch(fullDisk);
    if (result === "disk-full") return errorMessage("disk-full", { request, stream });
    if (result.status === "incomplete") {
      const message = `${result.offset} of ${size} bytes have arrived; send the rest first.`;
      return errorMessage("bad-offset", { request, stream, message });
    }
    if (result.status === "damaged") {
      this.#close(stream, upload);
      return errorMessage("checksum-mismatch", { request, stream });
    }
    const media = upload.partial.imageMedia ?? OTHER_MEDIA;
    const draft = { id, from: account, type, name, size, sha256, media };
    const reply = await submit(this.#session, { room, request, draft });
    // It need only wait a moment, and then finish once more.
    if (reply.op === "error" && reply.retryAfter !== undefined) return reply;
    // Whatever is refused here would be refused again; a store that is away has thrown, and the peer may finish once more.
    await upload.partial.discard();
    this.#close(stream, upload);
    if (reply.op === "stored") this.#session.services.metrics.uploads.finished++;
    return reply;
  }

  async cancel(stream: number): Promise<Reply> {
    const opening = this.#opening.get(stream);
    if (opening) opening.cancelled = true;
    const upload = this.#open.get(stream);
    if (!upload) return undefined;
    // What is offered behind it finds its place free, unless it is being finished, which may take long.
    if (!upload.busy) await upload.writer.settled();
    whenQuiet(upload, () => this.#close(stream, upload));
    return undefined;
  }

  /** Ends the transfers of which nothing has come for so many milliseconds. */
  endIdle(ms: number): void {
    for (const [stream, upload] of this.#open) {
      if (performance.now() - upload.movedAt > ms) void this.stop(stream, "transfer-idle");
    }
  }

  /** Lets go of everything; what has arrived stays for whoever goes on with it. */
  async close(): Promise<void> {
    for (const opening of this.#opening.values()) opening.cancelled = true;
    await Promise.all([...this.#open].map(async ([stream, upload]) => {
      await quiet(upload);
      this.#close(stream, upload);
    }));
  }

  async #supersede(stream: number, receiving: Receiving): Promise<void> {
    const upload = this.#open.get(stream);
    if (!upload || upload !== receiving) return;
    this.#open.delete(stream);
    await quiet(upload);
    letGo(upload);
    this.#stopped.add(stream);
    this.#session.send(errorMessage("transfer-superseded", { stream }));
  }

  /** Ends a transfer that cannot go on; what had arrived stays. */
  async stop(stream: number, code: ErrorCode, told?: ReturnType<typeof errorMessage>): Promise<void> {
    const upload = this.#open.get(stream);
    if (upload) await quiet(upload);
    this.#stop(stream, code, told);
  }

  #stop(stream: number, code: ErrorCode, told = errorMessage(code, { stream })): void {
    const upload = this.#open.get(stream);
    if (upload) this.#close(stream, upload);
    this.#stopped.add(stream);
    this.#session.send(told);
  }

  #close(stream: number, upload: Upload): void {
    if (this.#open.get(stream) !== upload) return;
    this.#open.delete(stream);
    letGo(upload);
    this.#session.services.uploads.release(upload.key, upload);
  }
}

const unknownStream = ({ request, stream }: CommandOf<"finish">): Reply =>
  errorMessage("unknown-stream", { request, stream });
