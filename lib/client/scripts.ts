/** The commands for scripts: each does one thing over a link, prints what came of it, and is done. */
import { cleanFileName } from "../chat/text.ts";
import { type FileInfo, LOBBY, type Post } from "../chat/types.ts";
import { UUID } from "../protocol/fields.ts";
import { MAX_FOUND_EVENTS } from "../protocol/limits.ts";
import { download } from "./download.ts";
import { EXIT, exitCodeOf, Refused, UsageError } from "./failure.ts";
import type { Link } from "./link.ts";
import { describeGap } from "./link_options.ts";
import { complain, type Output } from "./output.ts";
import { newPostId } from "./post_id.ts";
import { standardInputLines } from "./input_lines.ts";
import type { TransferOptions } from "./transfer.ts";
import { Turns } from "./turns.ts";
import { upload } from "./upload.ts";
import { freePath } from "./free_path.ts";
import { dirname, join, resolve } from "node:path";

/** Posts of one `send` that may be under way at once: half of what the server works on for one connection. */
const MAX_IN_FLIGHT = 128;
const PAGE = 500;

/**
 * Posts a text, or each line of standard input; one acknowledgement a line. Goes on after a line that was refused for
 * good; lines that are put off keep their order.
 */
export async function send(
  link: Link,
  text: string | undefined,
  { output, patienceMs }: { readonly output: Output; readonly patienceMs: number },
): Promise<number> {
  let code: number = EXIT.done;
  const inFlight = new Set<Promise<void>>();
  const turns = new Turns({ patienceMs });
  const postOne = async (line: string, where: string) => {
    try {
      const asked = { op: "post", room: LOBBY, id: newPostId(), text: line } as const;
      const { seq, id, at } = await turns.take(() => link.ask(asked, "stored", { patienceMs: 0 }));
      output.print({ seq, id, at }, `stored as ${seq}`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      complain(`${where}${error.message} (${error.code})`);
      code = exitCodeOf(error);
    }
  };
  if (text !== undefined) await postOne(text, "");
  else {
    let number = 0;
    for await (const line of standardInputLines()) {
      number++;
      if (line.trim() === "") continue;
      const posting = postOne(line, `line ${number}: `);
      inFlight.add(posting);
      posting.then(() => inFlight.delete(posting), () => {});
      if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
  }
  return code;
}

/** Prints the events after `since`, or the last few; goes on with what comes when following. */
export async function tail(
  link: Link,
  output: Output,
  options: { readonly since: number | undefined; readonly follow: boolean; readonly last: number },
): Promise<void> {
  if (options.follow) {
    await link.join(LOBBY, options.since === undefined ? { last: options.last } : { after: options.since });
    return;
  }
  if (options.since === undefined) return await history(link, output, { limit: options.last });
  for (let after = options.since;;) {
    const page = await link.ask({ op: "history", room: LOBBY, after, limit: PAGE }, "page");
    if (page.first > after + 1) complain(describeGap({ first: after + 1, last: page.first - 1 }));
    for (const event of page.events) output.post(event);
    const last = page.events.at(-1);
    if (!last || !page.more) return;
    after = last.seq;
  }
}

/** Prints the last events before a number, oldest first. */
export async function history(
  link: Link,
  output: Output,
  options: { readonly before?: number | undefined; readonly limit: number },
): Promise<void> {
  const events: Post[] = [];
  let before = options.before;
  while (events.length < options.limit) {
    const limit = Math.min(PAGE, options.limit - events.length);
    const range = before === undefined ? {} : { before };
    const page = await link.ask({ op: "history", room: LOBBY, limit, ...range }, "page");
    events.unshift(...page.events);
    before = page.events[0]?.seq;
    if (before === undefined || !page.more) break;
  }
  for (const event of events) output.post(event);
}

/** Prints the last events in which a text stands, oldest first. */
export async function search(
  link: Link,
  text: string,
  { output, limit }: { readonly output: Output; readonly limit: number },
): Promise<void> {
  const events: Post[] = [];
  let rest: { readonly before?: number } = {};
  while (events.length < limit) {
    const asked = Math.min(MAX_FOUND_EVENTS, limit - events.length);
    const found = await link.ask({ op: "search", room: LOBBY, text, limit: asked, ...rest }, "found");
    events.unshift(...found.events);
    if (found.before === undefined) break;
    rest = { before: found.before };
  }
  for (const event of events) output.post(event);
}

export async function who(link: Link, output: Output): Promise<void> {
  const { members } = await link.ask({ op: "who", room: LOBBY }, "members");
  for (const member of members) output.member(member);
}

export async function sendFile(
  link: Link,
  path: string,
  options: TransferOptions & { readonly output: Output; readonly type?: "image" | "file" },
): Promise<void> {
  const { output, ...rest } = options;
  const { seq, id, at, sha256 } = await upload(link, path, { room: LOBBY, ...rest });
  output.print({ seq, id, at, sha256 }, `stored as ${seq}, id ${id}`);
}

export async function fetchFile(
  link: Link,
  id: string,
  options: TransferOptions & { readonly output: Output; readonly path: string | undefined },
): Promise<void> {
  if (!UUID.test(id)) {
    throw new UsageError(`"${id}" is not a file's id; "chat history" shows them.`);
  }
  const { path: given, output, ...rest } = options;
  const saved = await download(link, id, { ...rest, ...await destinationOf(given) });
  const { name, size, sha256, media } = saved.file;
  output.print({ path: saved.path, id, name, size, sha256, media }, `saved as ${saved.path}`);
}

/** A file by its path, whatever is there; or a folder, in which the file gets its own name and replaces nothing. */
async function destinationOf(
  given = ".",
): Promise<{ readonly folder: string; readonly path: (file: FileInfo) => string }> {
  const path = resolve(given);
  const isFolder = await Deno.stat(path).then((info) => info.isDirectory, () => false);
  if (!isFolder) return { folder: dirname(path), path: () => path };
  return { folder: path, path: (file) => freePath(join(path, cleanFileName(file.name))) };
}
