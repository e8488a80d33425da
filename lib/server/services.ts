/** What every session of one server shares. */
import type { BlobFolder } from "../files/blobs.ts";
import type { PasswordHasher } from "../store/password.ts";
import type { Store } from "../store/store.ts";
import type { Guard } from "./limits/guard.ts";
import type { Turns } from "../net/turns.ts";
import type { FrameHeader } from "../protocol/frame.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Searches } from "./search.ts";
import type { People } from "./access/people.ts";
import type { Registration } from "./access/registration.ts";
import type { Rooms } from "./rooms.ts";
import type { Limits } from "./config/settings.ts";
import type { UploadRegistry } from "./upload_registry.ts";

export interface Services {
  readonly store: Store;
  readonly passwords: PasswordHasher;
  readonly rooms: Rooms;
  readonly people: People;
  /** Who may make an account. */
  readonly registration: Registration;
  readonly blobs: { readonly image: BlobFolder; readonly file: BlobFolder };
  readonly uploads: UploadRegistry;
  readonly searches: Searches;
  readonly log: Log;
  readonly guard: Guard;
  /** Of those who are on their way into a room. */
  readonly arrivals: Turns;
  readonly metrics: Metrics;
  /** As they are at this moment: a reload may change them. */
  readonly limits: Limits;
  /** The largest payload of a message from somebody who is logged in: one function for all connections. */
  readonly memberLimit: (header: FrameHeader) => number;
  /** What everybody is told on coming in; empty: nothing. */
  readonly motd: string;
  /** What the server calls itself in WELCOME. */
  readonly name: string;
}
