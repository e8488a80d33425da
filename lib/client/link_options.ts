/** What a link is told, and what it tells. */
import type { Account } from "../chat/types.ts";
import {
  CHUNK_BYTES,
  DEFAULT_MAX_FILE_BYTES,
  DEFAULT_MAX_TEXT_BYTES,
  MAX_PAGE_EVENTS,
  WINDOW_BYTES,
} from "../protocol/limits.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import type { Address } from "./address.ts";
import type { Encryption } from "./encryption.ts";
import type { Refused } from "./failure.ts";
import type { Question, Welcome } from "./wire.ts";

export type Entrance =
  | { readonly op: "login"; readonly account: number; readonly password: string }
  | {
    readonly op: "register";
    readonly account?: number;
    readonly name: string;
    readonly password: string;
    readonly invite?: string;
  }
  /** By a token that this device was given earlier. */
  | {
    readonly op: "resume";
    readonly account: Account;
    readonly token: string;
    readonly password?: string | undefined;
  };

export type LinkState =
  | { readonly state: "online" }
  /** The reason is a sentence. */
  | { readonly state: "offline"; readonly reason: string; readonly retryMs: number }
  /** It will not come back by itself. */
  | { readonly state: "ended"; readonly error: Error };

/** What is known of a link once somebody is logged in. */
export interface Linked {
  readonly account: Account;
  readonly limits: Welcome["limits"];
}

export interface LinkOptions {
  readonly address: Address;
  readonly entrance: Entrance;
  readonly encryption: Encryption;
  /** What this client calls itself. */
  readonly client: string;
  /** Come back by a token of this device instead of the password. */
  readonly remember?: boolean;
  /** Milliseconds of being offline, or of being put off, after which it gives up; it never does unless given. */
  readonly giveUpMs?: number;
  readonly told?: (message: ServerMessage) => void;
  /** Told before the event that comes next where the ones that should come in between are not kept any more. */
  readonly missed?: (gap: Gap) => void;
  readonly changed?: (state: LinkState) => void;
  /** Told after each login, before the room goes on; with a token where one was given. */
  readonly entered?: (link: Linked, token: string | undefined) => void;
}

/** Events that will never be told, from the first to the last of them. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

export const describeGap = ({ first, last }: Gap): string =>
  `The server no longer keeps ${first === last ? `event ${first}` : `the events ${first} to ${last}`}.`;

export interface AskOptions {
  /** Milliseconds of being put off after which a refusal counts; the link's own unless given. */
  readonly patienceMs?: number;
  /** Told of each refusal after which the question is asked again. */
  readonly delayed?: (refusal: Refused) => void;
}

export type Start = Pick<Extract<Question, { op: "join" }>, "after" | "last">;
export type Joined = Extract<ServerMessage, { op: "joined" }>;

/** What a server takes that has not said it yet. */
export const USUAL_LIMITS: Welcome["limits"] = {
  text: DEFAULT_MAX_TEXT_BYTES,
  file: DEFAULT_MAX_FILE_BYTES,
  chunk: CHUNK_BYTES,
  window: WINDOW_BYTES,
  page: MAX_PAGE_EVENTS,
};
