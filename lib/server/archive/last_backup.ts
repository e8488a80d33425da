/** When the data was last backed up: a note in its folder, for whoever asks how the server is doing. */
import { join } from "node:path";
import * as v from "valibot";

const NOTE = v.object({ at: v.number(), path: v.string() });
export type BackupNote = v.InferOutput<typeof NOTE>;

const noteIn = (dataDir: string): string => join(dataDir, "last-backup.json");

/** Nothing when there has been none, as far as anybody has noted. */
export async function lastBackup(dataDir: string): Promise<BackupNote | undefined> {
  try {
    return v.parse(NOTE, JSON.parse(await Deno.readTextFile(noteIn(dataDir))));
  } catch {
    return undefined;
  }
}

/** The backup is good without it: a folder that cannot be written to is no failure. */
export async function noteBackup(dataDir: string, note: BackupNote): Promise<void> {
  await Deno.writeTextFile(noteIn(dataDir), JSON.stringify(note), { mode: 0o600 }).catch(() => {});
}
