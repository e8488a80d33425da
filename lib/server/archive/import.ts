/**
 * Bringing in what an export has written as lines of JSON, or a client's `tail --json`: posts keep their ids, senders and times,
 * and get the room's next numbers. One whose id is there already is left alone, so that the same import may be run again.
 *
 * What keeps order (acts, and what they have left of a post) is of the room that it was in, and stays there.
 */
import { basename, join } from "node:path";
import * as v from "valibot";
import { checkAccount, checkName } from "../../chat/account.ts";
import { isFileName, textFault } from "../../chat/text.ts";
import { type Draft, LOBBY } from "../../chat/types.ts";
import { visibleJson } from "../../chat/visible_json.ts";
import { BlobFolder } from "../../files/blobs.ts";
import { imageMedia, MEDIA_PREFIX_BYTES, OTHER_MEDIA } from "../../files/media.ts";
import { readChunks } from "../../files/read_chunks.ts";
import { uuid } from "../../protocol/fields.ts";
import { MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import type { BackupSource } from "./backup.ts";
import { filesFolder } from "./export.ts";
import { reasonOf } from "../log.ts";

/** Posts that are stored in one transaction. */
const AT_ONCE = 500;

const said = { id: uuid, at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) };
const from = v.object({ account: v.number(), name: v.string() });
const lineSchema = v.variant("type", [
  v.object({ type: v.literal("post"), ...said, from, text: v.string() }),
  v.object({
    type: v.picklist(["image", "file"]),
    ...said,
    from,
    name: v.string(),
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  }),
]);
type Line = v.InferOutput<typeof lineSchema>;

export interface ImportCount {
  readonly imported: number;
  readonly present: number;
  /** Acts, removed posts, and who came and went. */
  readonly passedOver: number;
  readonly refused: number;
}

/** `refused` is called for each line that cannot be brought in. Rejects with a sentence when nothing goes on. */
export async function importRoom(
  { database, dataDir }: BackupSource,
  { path, refused }: { readonly path: string; readonly refused: (line: number, reason: string) => void },
): Promise<ImportCount> {
  const count = { imported: 0, present: 0, passedOver: 0, refused: 0 };
  const file = await Deno.open(path, { read: true }).catch((error) => {
    throw new Error(
      `Cannot read ${path}: ${error instanceof Deno.errors.NotFound ? "there is no such file" : reasonOf(error)}`,
    );
  });
  const lines = file.readable.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const files = { image: await open(dataDir, "image"), file: await open(dataDir, "file"), beside: filesFolder(path) };
  const store = await openStore(database, { alone: true });
  const refuse = (line: number, reason: string) => {
    count.refused++;
    refused(line, reason);
  };
  try {
    let pending: { readonly line: number; readonly draft: Draft }[] = [];
    const flush = async () => {
      const results = await store.append(LOBBY, pending.map(({ draft }) => draft), Date.now());
      results.forEach(({ status }, index) => {
        if (status === "stored") count.imported++;
        else if (status === "duplicate") count.present++;
        else refuse(pending[index]?.line ?? 0, "somebody else has used its id");
      });
      pending = [];
    };
    let line = 0;
    for await (const text of linesOf(lines)) {
      line++;
      if (text.trim() === "") continue;
      const read = parse(text);
      if (read === undefined) count.passedOver++;
      else if (typeof read === "string") refuse(line, read);
      else {
        const draft = await draftOf(read, { store, files });
        if (typeof draft === "string") refuse(line, draft);
        else if (pending.push({ line, draft }) >= AT_ONCE) await flush();
      }
    }
    await flush();
  } finally {
    await store.close();
  }
  return count;
}

const open = (dataDir: string, folder: string): Promise<BlobFolder> => BlobFolder.open(join(dataDir, folder));

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** What a line says; nothing when it is passed over, a reason when it makes no sense. */
function parse(text: string): Line | string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (["act", "removed", "joined", "left"].includes(String(type))) return undefined;
  const parsed = v.safeParse(lineSchema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return `its ${visibleJson(v.getDotPath(issue) ?? "form").slice(1, -1)} makes no sense`;
}

interface Places {
  readonly store: Store;
  readonly files: { readonly image: BlobFolder; readonly file: BlobFolder; readonly beside: string };
}

/** The post to be stored, its file being in place; or why it cannot be. */
async function draftOf(line: Line, { store, files }: Places): Promise<Draft | string> {
  const account = checkAccount(line.from.account);
  if (!account.ok) return account.reason;
  const name = checkName(line.from.name);
  if (!name.ok) return name.reason;
  const posted = { id: line.id, at: line.at, from: { account: account.value, name: name.value } };
  if (line.type === "post") {
    const fault = textFault(line.text, MAX_TEXT_BYTES);
    return fault ?? { type: "post", ...posted, text: line.text };
  }
  if (!isFileName(line.name)) return "its file's name is none";
  const { type, sha256, size } = line;
  // What is there already needs no file any more.
  if (!await store.post(line.id)) {
    try {
      await putFile(files[type], join(files.beside, sha256), { sha256, size });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return `its file is not here; it would be ${basename(files.beside)}/${sha256}`;
      }
      return reasonOf(error);
    }
  }
  const media = await mediaOf(files[type], sha256);
  if (type === "image" && media === undefined) return "it is no picture";
  return { type, ...posted, name: line.name, size, sha256, media: media ?? OTHER_MEDIA };
}

/** Brings a file to its place, unless it is there. */
async function putFile(
  blobs: BlobFolder,
  path: string,
  { sha256, size }: { readonly sha256: string; readonly size: number },
): Promise<void> {
  const found = await Deno.stat(blobs.path(sha256)).catch(() => undefined);
  if (found?.size === size) return;
  using file = await Deno.open(path, { read: true });
  await blobs.put(sha256, { size, chunks: readChunks(file) });
}

async function mediaOf(blobs: BlobFolder, sha256: string): Promise<string | undefined> {
  using file = await blobs.read(sha256);
  const prefix = new Uint8Array(MEDIA_PREFIX_BYTES);
  const length = await file?.read(prefix) ?? 0;
  return imageMedia(prefix.subarray(0, length));
}
