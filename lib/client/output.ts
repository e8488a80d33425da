/**
 * What scripts print: data on standard output, one JSON object a line or one line for people; everything else on
 * standard error. Whatever a peer chose is shown and not obeyed by a terminal, in JSON too.
 *
 * Lines are gathered and written once per turn of the event loop. Writing waits for whoever reads: a reader that is
 * slow slows the client down, and the server then keeps the rest. Once a write has failed nothing more is written.
 */
import type { Member, Post } from "../chat/types.ts";
import { visibleJson } from "../chat/visible_json.ts";
import { formatSize } from "../files/size.ts";
import { foldFingerprints } from "../net/fold_fingerprints.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { actLine, removedLine } from "./act_words.ts";
import { en } from "./texts_en.ts";
import { timeOf } from "./time.ts";
import { sanitize } from "../terminal/sanitize.ts";
import { displayWidth } from "../terminal/text.ts";
import { terminalSize } from "../terminal/tty.ts";

const encoder = new TextEncoder();

export type PresenceMessage = Extract<ServerMessage, { op: "presence" }>;

export class Output {
  readonly #json: boolean;
  readonly #broken = Promise.withResolvers<never>();
  #lines: string[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: { readonly json: boolean }) {
    this.#json = options.json;
    this.#broken.promise.catch(() => {});
  }

  /** Rejects when what was printed cannot be written, with what flush would throw: nobody may be reading any more. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Prints the object, or the line for people. */
  print(data: object, line: string): void {
    if (this.#lines.length === 0) queueMicrotask(() => this.#write());
    this.#lines.push(this.#json ? visibleJson(data) : sanitize(line, { newlines: true }));
  }

  post(post: Post): void {
    this.print(post, formatPost(post));
  }

  presence({ type, member, at }: PresenceMessage): void {
    this.print({ type, member, at }, `${timeOf(at)} * ${person(member)} ${type}`);
  }

  member(member: Member): void {
    this.print(
      member,
      `${String(member.account).padStart(5)}  since ${timeOf(member.since)}  ${clean(member.name)}`,
    );
  }

  /** Writes what was printed; throws if that, or an earlier write, fails. */
  flush(): void {
    this.#write();
    if (this.#failure) throw this.#failure.error;
  }

  #write(): void {
    const lines = this.#lines.splice(0);
    if (lines.length === 0 || this.#failure) return;
    try {
      writeAll(Deno.stdout, lines.join("\n") + "\n");
    } catch (error) {
      this.#failure = { error };
      this.#broken.reject(error);
    }
  }
}

/** Tells the person at the terminal something that is not data. */
export function complain(message: string): void {
  try {
    writeAll(Deno.stderr, `${fitted(`chat: ${sanitize(message, { newlines: true })}`, Deno.stderr)}\n`);
  } catch {
    // Nobody reads it any more; the exit code says what has to be said.
  }
}

/** A text for a stream: fingerprints fit the terminal's width, if it is one. Programs read them in one piece. */
export function fitted(text: string, stream: { isTerminal(): boolean }): string {
  if (!stream.isTerminal()) return text;
  return foldFingerprints(text, { columns: terminalSize().columns, widthOf: displayWidth });
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
}

const clean = (text: string): string => sanitize(text);
const person = ({ name, account }: { readonly name: string; readonly account: number }) => `${clean(name)}(${account})`;

function formatPost(post: Post): string {
  const head = `${post.seq} ${timeOf(post.at)} ${person(post.from)}`;
  if (post.type === "act") return `${post.seq} ${timeOf(post.at)} * ${actLine(post, en)}`;
  if (post.type === "removed") return `${head} [${removedLine(post, en)}]`;
  if (post.type !== "post") return `${head} ${post.type} ${clean(post.name)} (${formatSize(post.size)}) ${post.id}`;
  return `${head}: ${post.text}`;
}
