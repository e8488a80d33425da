/**
 * The store's port: accounts, device tokens, codes and the numbered posts of every room, with what follows from the acts
 * among them.
 *
 * Two adapters, `sqlite.ts` and `mysql.ts`, behave alike and run the same test suite. Every method either does the whole
 * of what it says or rejects; it rejects with {@linkcode StoreUnavailable} when the database cannot be reached or does not
 * answer, in which case the same call may be made again later: every write here is safe to repeat.
 */
import type { Retention } from "../chat/retention.ts";
import type { Moderation } from "../chat/moderation.ts";
import type { Account, AccountNumber, ActPost, Draft, Post, RoomId } from "../chat/types.ts";

/** The database is away. Whatever was asked may or may not have happened; asking again is safe. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** An account as it is stored. */
export interface AccountRecord extends Account {
  /** The encoded password hash, parameters and salt included. */
  readonly passwordHash: string;
  readonly createdAt: number;
}

export interface NewAccount {
  /** Omitted: the lowest free number from 1001 up, then from 100 up. */
  readonly account?: AccountNumber;
  readonly name: string;
  readonly passwordHash: string;
  readonly createdAt: number;
  /** The hash of an invitation's code, of which one use is taken with the account's creation, or not at all. */
  readonly invite?: string;
}

export type CreateResult =
  | { readonly status: "created"; readonly account: AccountNumber }
  /** The number that was asked for belongs to somebody. */
  | { readonly status: "taken" }
  /** No number is left. */
  | { readonly status: "full" }
  /** The invitation is unknown, over, or used up. */
  | { readonly status: "not-invited" };

export type CodeKind = "invite" | "owner";

export interface NewCode {
  /** SHA-256 of the code, 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly kind: CodeKind;
  readonly uses: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface PasswordChange {
  readonly account: AccountNumber;
  /** Encoded hashes. */
  readonly from: string;
  readonly to: string;
}

export interface NewToken {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits: the token itself is never stored. */
  readonly hash: string;
  readonly account: AccountNumber;
  /** What the device is called. */
  readonly name?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A device that may log in by its token. */
export interface Device {
  /** Each account counts its devices 1, 2, 3 …; a number is never given again. */
  readonly device: number;
  readonly hash: string;
  readonly name: string;
  readonly createdAt: number;
  /** When it last logged in, to the hour. */
  readonly usedAt: number;
}

/** What became of one draft, in the order in which the drafts were given. */
export type AppendResult =
  | { readonly status: "stored"; readonly post: Post }
  /** The same account had posted this id before: here is that post. */
  | { readonly status: "duplicate"; readonly post: Post }
  /** Another account has used this id. */
  | { readonly status: "conflict" };

export interface PostRange {
  /** Posts with a greater sequence number, oldest first. */
  readonly after?: number;
  /** Posts with a smaller sequence number, the latest of them, oldest first. Given alone or not at all with `after`. */
  readonly before?: number;
  /** At most so many. */
  readonly limit: number;
  /** No more once their texts have so many UTF-16 units together; one at least, however long it is. */
  readonly text?: number;
}

export interface TrimRule extends Retention {
  readonly now: number;
  /** Posts with a greater number stay, whatever the rule says. */
  readonly upTo: number;
}

export interface TrimResult {
  /** How many posts went, and how many of them were files. */
  readonly removed: number;
  readonly files: number;
  /** As {@linkcode Store.first} has it from now on. */
  readonly first: number;
  /** Whether more may have to go: one call takes no longer than a commit, so that posting goes on in between. */
  readonly more: boolean;
}

export interface SearchQuery {
  /** What to look for anywhere in a text or a file's name, whatever the case of its letters. */
  readonly text: string;
  /** Posts with a smaller sequence number. */
  readonly before: number;
  /** At most so many. */
  readonly limit: number;
}

export interface SearchResult {
  /** The latest that were found, oldest first. */
  readonly posts: readonly Post[];
  /** Where to go on, with the same text, when there is more to look through; there may be, even if nothing was found yet. */
  readonly before?: number;
}

export interface Store {
  /** Stores an account; two calls at once never get the same number. */
  createAccount(account: NewAccount): Promise<CreateResult>;
  account(number: AccountNumber): Promise<AccountRecord | undefined>;

  /** The accounts with greater numbers, at most so many, by number. */
  accounts(range: { readonly after: AccountNumber; readonly limit: number }): Promise<readonly AccountRecord[]>;

  /** Replaces a password's hash, if it is still the one that is to go; whether it was, or has been replaced by this one already. */
  changePassword(change: PasswordChange): Promise<boolean>;

  createToken(token: NewToken): Promise<void>;
  /** The account of a token that has not expired at `now`. */
  tokenAccount(hash: string, now: number): Promise<AccountRecord | undefined>;
  deleteToken(hash: string): Promise<void>;
  /** Deletes all tokens of an account, but not the one with this hash. */
  deleteTokens(account: AccountNumber, except: string | undefined): Promise<void>;
  /** Takes note that a token was used. */
  useToken(hash: string, at: number): Promise<void>;
  /** Those of an account that have not expired at `now`, the oldest first. */
  devices(account: AccountNumber, now: number): Promise<readonly Device[]>;

  /** Stores a code, and forgets those that are over or used up. */
  createCode(code: NewCode): Promise<void>;
  /** Whether there is such a code that has a use left at `now`. */
  hasCode(hash: string, code: { readonly kind: CodeKind; readonly now: number }): Promise<boolean>;
  deleteCodes(kind: CodeKind): Promise<void>;

  /**
   * Stores posts in one transaction, numbered on from the room's last; durable once this resolves.
   * `at` is the time that the new ones get that have none yet. What follows from an act is part of the transaction: a post that is removed
   * is the removed one from then on, in whatever reads it, and its content is nowhere.
   */
  append(room: RoomId, drafts: readonly Draft[], at: number): Promise<readonly AppendResult[]>;
  /** The room's last sequence number; 0 when nothing has been posted. */
  head(room: RoomId): Promise<number>;
  /** The room's first sequence number that is still kept; one more than its last when none is. */
  first(room: RoomId): Promise<number>;
  posts(room: RoomId, range: PostRange): Promise<readonly Post[]>;
  /** The post with this id, in whatever room it stands. */
  post(id: string): Promise<{ readonly room: RoomId; readonly post: Post } | undefined>;

  /** Where the room stands after all its acts. */
  moderation(room: RoomId): Promise<Moderation>;
  /** The latest acts with a smaller number, the latest first: they are kept when their events are not any more. */
  audit(room: RoomId, range: { readonly before: number; readonly limit: number }): Promise<readonly ActPost[]>;

  /** Looks through a part of a room, the latest posts first: one call takes no longer than a commit. */
  search(room: RoomId, query: SearchQuery): Promise<SearchResult>;

  /** Removes some of a room's oldest posts that a rule does not keep, and with each the memory of its id. */
  trim(room: RoomId, rule: TrimRule): Promise<TrimResult>;
  /** Bytes of all files that are kept of an account. */
  fileBytes(account: AccountNumber): Promise<number>;
  /** Those of these SHA-256 that some post's file has. */
  usedFiles(sha256s: readonly string[]): Promise<readonly string[]>;

  close(): Promise<void>;
}
