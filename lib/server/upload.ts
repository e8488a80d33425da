/** One upload that is under way, and what may be done with its file at what time. */
import type { Refusal } from "../chat/permission.ts";
import type { PartialBlob } from "../files/partial_blob.ts";
import type { WriteBehind } from "../files/write_behind.ts";
import type { CommandOf } from "../protocol/command.ts";
import type { Share } from "./limits/upload_shares.ts";
import { settled } from "./upload_outcomes.ts";
import type { Receiving } from "./upload_registry.ts";

export interface Upload extends Receiving {
  readonly key: string;
  readonly command: CommandOf<"upload">;
  readonly partial: PartialBlob;
  /** Why its sender may not go on. */
  readonly refusal: () => Refusal | undefined;
  readonly share: Share;
  /** How much of it there was when it began. */
  readonly from: number;
  readonly writer: WriteBehind;
  /** How much of it has come, whether it is written yet or not. */
  arrived: number;
  /** What is being done with the file beside writing to it. */
  busy: Promise<unknown> | undefined;
  /** When something last came, on the monotonic clock. */
  movedAt: number;
}

/** Does one thing after the other with an upload, whatever its peer asks for at once: its file must not be closed meanwhile. */
export function alone<T>(upload: Upload, work: () => Promise<T>): Promise<T> {
  const done = quiet(upload).then(work);
  const over = () => {
    if (upload.busy === done) upload.busy = undefined;
  };
  upload.busy = done;
  done.then(over, over);
  return done;
}

/** Resolves when nothing is being done with the file, which may be closed then. */
export async function quiet({ busy, writer }: Upload): Promise<void> {
  if (busy) await settled(busy);
  await writer.settled();
}

/** At once, where nothing is. */
export function whenQuiet(upload: Upload, then: () => void): void {
  if (upload.busy || !upload.writer.isIdle) void quiet(upload).then(then);
  else then();
}

export function letGo({ share, partial, from }: Upload): void {
  share.end(partial.offset - from);
  partial.close();
}
