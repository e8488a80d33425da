/** The part of pngjs that is used here: it comes without types. */
import type { Buffer } from "node:buffer";

export const PNG: {
  readonly sync: {
    /** Encodes eight bits a sample, RGBA. */
    readonly write: (picture: { readonly width: number; readonly height: number; readonly data: Buffer }) => Buffer;
    /** Eight bits a sample, RGBA, whatever the picture has. Throws when it is damaged. */
    readonly read: (data: Buffer) => { readonly width: number; readonly height: number; readonly data: Uint8Array };
  };
};
