/**
 * Writing a room out for people: as lines of JSON, as Markdown, or as one page of HTML. It is read as it is at one moment, beside
 * a server that goes on or without one, and a file gets its name once all of it is there.
 */
import { basename, dirname, extname, join } from "node:path";
import { shown } from "../../chat/act.ts";
import { isFile, LOBBY, type Post } from "../../chat/types.ts";
import { visibleJson } from "../../chat/visible_json.ts";
import { openSnapshot, postsOf } from "../../store/snapshot.ts";
import type { BackupSource } from "./backup.ts";
import { HtmlExport } from "./export_html.ts";
import { MarkdownExport } from "./export_markdown.ts";
import type { ExportedFile, ExportHead } from "./export_text.ts";

export type ExportFormat = "jsonl" | "markdown" | "html";

/** Bytes of pictures that one page has in it at the most: more than that, few browsers show. */
const MAX_EMBEDDED_BYTES = 256 * 1024 * 1024;

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Posts after this number. */
  readonly since: number;
  /** Bytes of the largest picture that stands in the page itself. */
  readonly embed: number;
  /** Where to; without it `write` takes the text. */
  readonly output?: string;
  /** Whether what is there may be replaced. */
  readonly replace: boolean;
  /** Whether files are put into a folder beside it. */
  readonly files: boolean;
  readonly write: (text: string) => void;
}

export interface ExportSummary {
  readonly posts: number;
  /** Files that are in the page or beside it, and those that are only named. */
  readonly files: number;
  readonly named: number;
}

interface Form {
  begin(head: ExportHead): string;
  post(post: Post, file: ExportedFile): string;
  end(): string;
}

const FORMS: Readonly<Record<ExportFormat, () => Form>> = {
  html: () => new HtmlExport(),
  markdown: () => new MarkdownExport(),
  jsonl: () => ({ begin: () => "", post: (post) => `${visibleJson(shown(post))}\n`, end: () => "" }),
};

/** The folder for the files of an export. */
export const filesFolder = (output: string): string =>
  join(dirname(output), `${basename(output, extname(output))}_files`);

/** Rejects with a sentence; what is not whole then does not stand under its name. */
export async function exportRoom(source: BackupSource, options: ExportOptions): Promise<ExportSummary> {
  const { output, replace } = options;
  if (output === undefined) return await writeAll(source, { ...options, write: (text) => options.write(text) });
  if (!replace && await Deno.lstat(output).then(() => true, () => false)) {
    throw new Error(`Cannot write ${output}: it is there already. Name another file, or say --replace`);
  }
  const temporary = join(dirname(output), `.${basename(output)}.${crypto.randomUUID().slice(0, 8)}.partial`);
  const file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
  try {
    const encoder = new TextEncoder();
    const write = (text: string) => {
      for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    };
    const summary = await writeAll(source, { ...options, write });
    await file.sync();
    await Deno.rename(temporary, output);
    return summary;
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  } finally {
    file.close();
  }
}

async function writeAll({ database, dataDir }: BackupSource, options: ExportOptions): Promise<ExportSummary> {
  const { format, since, write } = options;
  await using snapshot = await openSnapshot(database);
  const form = FORMS[format]();
  const rooms = (await Array.fromAsync(snapshot.rows("chat_room", { equals: { room: LOBBY } }))).flat();
  write(form.begin({ room: LOBBY, since, head: Number(rooms[0]?.head ?? 0), at: Date.now() }));
  let posts = 0, files = 0, named = 0, room = MAX_EMBEDDED_BYTES;
  for await (const some of postsOf(snapshot, LOBBY, { after: since })) {
    for (const post of some) {
      const file = await fileOf(post, { dataDir, options, room });
      room -= file.bytes?.length ?? 0;
      posts++;
      if (file.bytes || file.link !== undefined) files++;
      else if (isFile(post)) named++;
      write(form.post(post, file));
    }
  }
  write(form.end());
  return { posts, files, named };
}

async function fileOf(
  post: Post,
  { dataDir, options, room }: { readonly dataDir: string; readonly options: ExportOptions; readonly room: number },
): Promise<ExportedFile> {
  if (!isFile(post)) return {};
  const { output, files, format, embed } = options;
  const path = join(dataDir, post.type, post.sha256);
  try {
    const isShown = format === "html" && post.type === "image" && post.size <= Math.min(embed, room);
    const bytes = isShown ? { bytes: await Deno.readFile(path) } : {};
    if (!files || output === undefined) return bytes;
    const folder = filesFolder(output);
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await Deno.copyFile(path, join(folder, post.sha256));
    return { ...bytes, link: `${encodeURIComponent(basename(folder))}/${post.sha256}` };
  } catch (error) {
    // It is not kept any more, or was lost: its name is what is left.
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
