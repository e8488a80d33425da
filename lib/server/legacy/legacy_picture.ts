/** A picture on its way from an old client into the folder of pictures: streamed to the disk, never gathered in memory. */
import type { AccountNumber, FileInfo } from "../../chat/types.ts";
import type { BlobFolder } from "../../files/blobs.ts";
import { OTHER_MEDIA } from "../../files/media.ts";
import type { PartialBlob } from "../../files/partial_blob.ts";

/** What a picture that has no name is called, by what it is. */
const NAMES: Readonly<Record<string, string>> = {
  "image/png": "picture.png",
  "image/jpeg": "picture.jpg",
  "image/gif": "picture.gif",
  "image/webp": "picture.webp",
  "image/bmp": "picture.bmp",
};

export class LegacyPicture {
  /** The post's id: the old client has no notion of one. */
  readonly id: string;
  readonly #folder: BlobFolder;
  readonly #partial: PartialBlob;
  #held: Disposable | undefined;

  private constructor(id: string, folder: BlobFolder, partial: PartialBlob) {
    this.id = id;
    this.#folder = folder;
    this.#partial = partial;
  }

  static async begin(
    folder: BlobFolder,
    { account, size }: { readonly account: AccountNumber; readonly size: number },
  ): Promise<LegacyPicture> {
    const id = crypto.randomUUID();
    return new LegacyPicture(id, folder, await folder.receive(`${account}-${id}`, { size }));
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#partial.append(bytes);
  }

  /** Makes it durable, and keeps it until it is discarded: its post comes later. What is no picture that the server knows is kept all the same: the old client sent anything as one. */
  async finish(): Promise<FileInfo> {
    const { sha256, size, imageMedia: media = OTHER_MEDIA } = this.#partial;
    this.#held = this.#folder.hold(sha256);
    const { status } = await this.#partial.finish(sha256);
    if (status !== "whole") throw new Error(`Cannot keep the picture: it is ${status}`);
    return { name: NAMES[media] ?? "picture", size, sha256, media };
  }

  /** Lets go of it; once it has been posted, what is posted stays. */
  async discard(): Promise<void> {
    this.#partial.close();
    await this.#partial.discard();
    this.#held?.[Symbol.dispose]();
  }
}
