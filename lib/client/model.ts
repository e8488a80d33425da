/** What the live room knows: everything that `update` changes and `view` shows. */
import type { Account, AccountNumber, FilePost, Member, Post } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { createEditor, type EditorState } from "../terminal/editor_state.ts";
import type { Key } from "../terminal/keys.ts";
import type { LinkState } from "./link.ts";
import type { PresenceMessage } from "./output.ts";
import type { Drawing } from "./picture_worker.ts";

export interface Transfer {
  readonly id: number;
  readonly name: string;
  /** Drawn by whoever measures the speed. */
  readonly line: string;
  /** Whether somebody asked for it, and leaving waits for its end; a picture that is fetched to be seen can wait. */
  readonly wanted: boolean;
}

/** A text on its way: shown beneath the messages until the room has numbered it. */
export interface Outgoing {
  readonly id: string;
  readonly text: string;
  /** Why it is not stored yet, where there is more to say than that it is on its way. */
  readonly trouble?: string;
}

export interface Model {
  readonly me: Account;
  readonly server: string;
  readonly link: LinkState;
  readonly members: ReadonlyMap<AccountNumber, Member>;
  readonly editor: EditorState;
  /** The files seen so far, in the order in which they were shown: `/save 1` is the first of them. */
  readonly files: readonly FilePost[];
  readonly outgoing: readonly Outgoing[];
  readonly transfers: readonly Transfer[];
  /** The room's last number when we came: what is told up to it was said before. */
  readonly head: number;
  /** The lowest number shown, from which `/history` goes back; none before anything was shown. */
  readonly oldest: number | undefined;
  /** The local day of the last message shown, since a new one gets a line of its own. */
  readonly day: string | undefined;
  /** The id of the post that was printed last, if nothing has been printed since. */
  readonly lastPrinted: string | undefined;
  /** Somebody wants to leave, as soon as nothing is under way. */
  readonly leaving: boolean;
}

export interface ModelOptions {
  readonly me: Account;
  readonly server: string;
  readonly members?: readonly Member[];
  readonly head?: number;
  /** Bytes of UTF-8 that the server takes in one text. */
  readonly maxText?: number;
}

export function createModel({ me, server, members = [], head = 0, maxText }: ModelOptions): Model {
  return {
    me,
    server,
    link: { state: "online" },
    members: byAccount(members),
    editor: createEditor(maxText === undefined ? {} : { maxBytes: maxText }),
    files: [],
    outgoing: [],
    transfers: [],
    head,
    oldest: undefined,
    day: undefined,
    lastPrinted: undefined,
    leaving: false,
  };
}

export const byAccount = (members: readonly Member[]): ReadonlyMap<AccountNumber, Member> =>
  new Map(members.map((member) => [member.account, member]));

/** Something for people to read, which scrolls up into the past once it is printed. */
export type Item =
  | { readonly type: "day"; readonly day: string }
  | { readonly type: "post"; readonly post: Post; readonly me: Account; readonly file?: number }
  | { readonly type: "presence"; readonly presence: PresenceMessage }
  /** The caption says whose picture it is where it does not stand beneath its own post. */
  | { readonly type: "picture"; readonly post: FilePost; readonly drawing: Drawing; readonly caption: boolean }
  | { readonly type: "members"; readonly members: readonly Member[] }
  | { readonly type: "note" | "trouble"; readonly text: string };

export type Input =
  | { readonly type: "key"; readonly key: Key }
  | { readonly type: "told"; readonly message: ServerMessage }
  | { readonly type: "link"; readonly link: LinkState }
  | { readonly type: "sending"; readonly id: string; readonly text: string }
  | { readonly type: "stored"; readonly id: string }
  | { readonly type: "unsent"; readonly id: string; readonly text: string; readonly reason: string }
  | { readonly type: "delayed"; readonly id: string; readonly reason: string }
  | { readonly type: "history"; readonly posts: readonly Post[] }
  | { readonly type: "members"; readonly members: readonly Member[] }
  | { readonly type: "transfer"; readonly transfer: Transfer }
  | { readonly type: "transferred"; readonly id: number; readonly note?: string; readonly trouble?: string }
  | { readonly type: "picture"; readonly post: FilePost; readonly drawing: Drawing }
  /** What is in the folder of a path that is being written; folders end with a slash. */
  | { readonly type: "listed"; readonly path: string; readonly entries: readonly string[] }
  | { readonly type: "note" | "trouble"; readonly text: string }
  /** The program has to end now. */
  | { readonly type: "terminated" };

export type Effect =
  | { readonly type: "print"; readonly items: readonly Item[] }
  | { readonly type: "post"; readonly text: string }
  | { readonly type: "send"; readonly path: string; readonly as: "image" | "file" }
  | { readonly type: "save"; readonly file: FilePost; readonly path: string | undefined }
  | { readonly type: "show"; readonly file: FilePost }
  | { readonly type: "history"; readonly before: number | undefined; readonly count: number }
  | { readonly type: "who" }
  | { readonly type: "list"; readonly path: string }
  | { readonly type: "bell" }
  | { readonly type: "quit" };
