/** What the room knows: everything that `update` changes and `view` shows. */
import type { Wish } from "../chat/act.ts";
import type { Account, AccountNumber, FilePost, Member, Post } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { createEditor, type EditorState } from "../terminal/editor_state.ts";
import type { Key } from "../terminal/keys.ts";
import type { Size } from "../terminal/size.ts";
import { type Bindings, USUAL_BINDINGS } from "./bindings.ts";
import type { LinkState } from "./link_options.ts";
import type { Drawing } from "./picture_worker.ts";
import type { SchemeChoice } from "./preferences.ts";
import { NOT_QUIET, type Quiet } from "./quiet.ts";
import { en } from "./texts_en.ts";
import type { Texts } from "./texts.ts";
import { createTheme, type Theme } from "./theme.ts";
import { emptyTimeline, replace, type Timeline } from "./timeline.ts";

/** Drawn pictures that are kept; others are drawn again when they come into sight. */
export const MAX_DRAWINGS = 30;

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

/** Where one reads, when that is not the end: an entry, and how many of its last lines are beneath the pane. */
export interface Anchor {
  readonly n: number;
  readonly below: number;
}

/** The search, which stands in the place of the messages while it is open. */
export interface Search {
  readonly editor: EditorState;
  /** What was asked for last, if anything was. */
  readonly asked: string | undefined;
  readonly answered: boolean;
  /** Oldest first. */
  readonly results: readonly Post[];
  readonly selected: number;
  /** Where to look on, when there is more to look through. */
  readonly before: number | undefined;
  /** Whether only this machine was looked through. */
  readonly local: boolean;
}

/** How the room looks, apart from what is in it. */
export interface Look {
  readonly size: Size;
  readonly theme: Theme;
  readonly texts: Texts;
}

export interface Model {
  readonly me: Account;
  readonly server: string;
  readonly look: Look;
  readonly bindings: Bindings;
  readonly link: LinkState;
  readonly members: ReadonlyMap<AccountNumber, Member>;
  readonly editor: EditorState;
  readonly timeline: Timeline;
  readonly anchor: Anchor | undefined;
  /** What is being fetched for the timeline. */
  readonly loading: "older" | "newer" | "context" | undefined;
  /** The post that was jumped to, until something else is done. */
  readonly focus: number | undefined;
  readonly outgoing: readonly Outgoing[];
  readonly transfers: readonly Transfer[];
  /** By the id of their post, the last ones that were drawn. */
  readonly drawings: ReadonlyMap<string, Drawing>;
  /** The room's last number when we came: what is told up to it was said before. */
  readonly head: number;
  /** Whether the person looks at the terminal, as far as it says so. */
  readonly focused: boolean;
  /** Messages of others since somebody last looked, and the number of the first of them. */
  readonly unread: number;
  readonly unreadFrom: number | undefined;
  readonly quiet: Quiet;
  readonly membersShown: boolean;
  readonly search: Search | undefined;
  /** The first line of the help that shows, while it is open. */
  readonly help: number | undefined;
  /** Said above the status bar until the next key: choices, or what would be out of sight among the messages. */
  readonly flash: string | undefined;
  /** Somebody wants to leave, as soon as nothing is under way. */
  readonly leaving: boolean;
}

/** How it begins where the room shows before there is a connection: offline, for no reason yet. */
export const CONNECTING: LinkState = { state: "offline", reason: "", retryMs: 0 };
export const isConnecting = (link: LinkState): boolean => link.state === "offline" && link.reason === "";

export interface ModelOptions {
  readonly me: Account;
  readonly server: string;
  readonly members?: readonly Member[];
  readonly head?: number;
  /** What is known of the room before it answers, oldest first. */
  readonly posts?: readonly Post[];
  /** The last number that was read on this machine. */
  readonly read?: number | undefined;
  readonly quiet?: Quiet;
  readonly look?: Partial<Look>;
  readonly bindings?: Bindings;
  readonly link?: LinkState;
  /** Bytes of UTF-8 that the server takes in one text. */
  readonly maxText?: number;
}

export function createModel(options: ModelOptions): Model {
  const { me, server, members = [], head = 0, posts = [], maxText, look = {} } = options;
  return {
    me,
    server,
    look: { size: { columns: 80, rows: 24 }, theme: createTheme({ level: "none" }), texts: en, ...look },
    bindings: options.bindings ?? USUAL_BINDINGS,
    link: options.link ?? { state: "online" },
    members: byAccount(members),
    editor: createEditor(maxText === undefined ? {} : { maxBytes: maxText }),
    timeline: replace(emptyTimeline, posts),
    anchor: undefined,
    loading: undefined,
    focus: undefined,
    outgoing: [],
    transfers: [],
    drawings: new Map(),
    head: Math.max(head, posts.at(-1)?.seq ?? 0),
    focused: true,
    unread: 0,
    unreadFrom: options.read === undefined ? undefined : options.read + 1,
    quiet: options.quiet ?? NOT_QUIET,
    membersShown: true,
    search: undefined,
    help: undefined,
    flash: undefined,
    leaving: false,
  };
}

export const byAccount = (members: readonly Member[]): ReadonlyMap<AccountNumber, Member> =>
  new Map(members.map((member) => [member.account, member]));

export type Input =
  | { readonly type: "key"; readonly key: Key }
  | { readonly type: "resized"; readonly size: Size }
  | { readonly type: "themed"; readonly theme: Theme }
  | { readonly type: "entered"; readonly me: Account; readonly maxText: number }
  | { readonly type: "joined"; readonly head: number; readonly members: readonly Member[] }
  | { readonly type: "told"; readonly message: ServerMessage }
  | { readonly type: "link"; readonly link: LinkState }
  | { readonly type: "missed"; readonly first: number; readonly last: number }
  | { readonly type: "sending"; readonly id: string; readonly text: string }
  | { readonly type: "stored"; readonly id: string }
  | { readonly type: "unsent"; readonly id: string; readonly text: string; readonly reason: string }
  | { readonly type: "delayed"; readonly id: string; readonly reason: string }
  /** Posts for the timeline: from before it, from behind it, or others in its place, with one of them to look at. */
  | { readonly type: "page"; readonly place: "older" | "newer"; readonly posts: readonly Post[] }
  | { readonly type: "page"; readonly place: "context"; readonly posts: readonly Post[]; readonly focus?: number }
  | { readonly type: "unfetched"; readonly reason?: string }
  | {
    readonly type: "found";
    readonly text: string;
    readonly posts: readonly Post[];
    readonly before?: number;
    readonly local?: boolean;
  }
  | { readonly type: "members"; readonly members: readonly Member[] }
  | { readonly type: "transfer"; readonly transfer: Transfer }
  | { readonly type: "transferred"; readonly id: number; readonly note?: string; readonly trouble?: string }
  | { readonly type: "picture"; readonly id: string; readonly drawing: Drawing }
  /** What is in the folder of a path that is being written; folders end with a slash. */
  | { readonly type: "listed"; readonly path: string; readonly entries: readonly string[] }
  /** Emoji by their names, for the shortcode that is being written. */
  | { readonly type: "emoji"; readonly names: Readonly<Record<string, string>> }
  /** A pasted text names this file. */
  | { readonly type: "dropped"; readonly text: string; readonly path: string; readonly image: boolean }
  | { readonly type: "note" | "trouble"; readonly text: string }
  /** The program has to end now. */
  | { readonly type: "terminated" };

export type Effect =
  | { readonly type: "post"; readonly text: string }
  | { readonly type: "send"; readonly path: string; readonly as: "image" | "file" }
  | { readonly type: "save" | "open"; readonly file: FilePost | number; readonly path?: string | undefined }
  | { readonly type: "older"; readonly before: number | undefined; readonly count: number }
  | { readonly type: "newer"; readonly after: number }
  /** The posts around a number, or the last ones. */
  | { readonly type: "context"; readonly seq: number | undefined }
  | { readonly type: "search"; readonly text: string; readonly before?: number | undefined }
  | { readonly type: "who" }
  | { readonly type: "devices" }
  | { readonly type: "revoke"; readonly device: number | undefined }
  | { readonly type: "list"; readonly path: string }
  | { readonly type: "emoji" }
  | { readonly type: "probe"; readonly text: string }
  | { readonly type: "act"; readonly wish: Wish }
  | { readonly type: "roles" | "audit" }
  | { readonly type: "invite"; readonly uses: number | undefined; readonly days: number | undefined }
  | { readonly type: "owner"; readonly code: string }
  | { readonly type: "bell" }
  | { readonly type: "notify"; readonly title: string; readonly body: string }
  | { readonly type: "read"; readonly seq: number }
  | { readonly type: "quiet"; readonly quiet: Quiet }
  | { readonly type: "scheme"; readonly scheme: SchemeChoice }
  | { readonly type: "redraw" }
  | { readonly type: "forget" }
  | { readonly type: "quit" };
