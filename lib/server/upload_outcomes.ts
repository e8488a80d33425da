/** What can come of a step in an upload, besides going on. */
import { isDiskFull } from "../files/blobs.ts";
import { MEDIA_PREFIX_BYTES } from "../files/media.ts";
import type { PartialBlob } from "../files/partial_blob.ts";
import { StoreUnavailable } from "../store/store.ts";

/** Whether the bytes so far are those of a picture, or too few to tell. */
export const looksLikeImage = (partial: PartialBlob): boolean =>
  partial.imageMedia !== undefined || partial.offset < Math.min(MEDIA_PREFIX_BYTES, partial.size);

/** A store that is away need not hold up the bytes: FINISH asks it again. */
export function whenAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailable)) throw error;
}

/** A disk that fills up while a file is brought to it: the peer may finish again once there is room. */
export function fullDisk(error: unknown): "disk-full" {
  if (isDiskFull(error)) return "disk-full";
  throw error;
}

export const settled = (work: Promise<unknown>): Promise<unknown> => work.catch(() => {});
