/** The transfers of one connection, in both directions: they share the numbers of its streams. */
import { Downloads } from "./downloads.ts";
import type { SessionContext } from "./session_context.ts";
import { Uploads } from "./uploads.ts";

export class Transfers {
  readonly uploads: Uploads;
  readonly downloads: Downloads;

  constructor(session: SessionContext) {
    this.uploads = new Uploads(session, (stream) => this.downloads.has(stream));
    this.downloads = new Downloads(session, (stream) => this.uploads.has(stream));
  }

  /** Ends those that have stood still for so many milliseconds. */
  endIdle(ms: number): void {
    this.uploads.endIdle(ms);
    this.downloads.endIdle(ms);
  }
}
