/** What the machine gives the server: descriptors, room on the disk, the time. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { formatSize } from "../../files/size.ts";
import { type Finding, findingsOf, type Patient, plainReason } from "./finding.ts";

/** For files, the database, workers and listening sockets. */
const OWN_DESCRIPTORS = 256;
/** Below this somebody will be turned away before long. */
const FEW_CONNECTIONS = 1000;
/** Bytes. */
const LITTLE_ROOM = 2 ** 30, NO_ROOM = 100 * 2 ** 20;
/** Nothing of this program is older: a clock that says so is wrong. */
const EARLIEST = Date.UTC(2025, 0, 1);

/** Opens as many as will be needed: limits of the shell, the unit and the system all count, and this meets them all. */
export function checkDescriptors(_: Patient): readonly Finding[] {
  const { fine, warning } = findingsOf("descriptors");
  const needed = FEW_CONNECTIONS + OWN_DESCRIPTORS;
  const held: Deno.FsFile[] = [];
  try {
    while (held.length < needed) held.push(Deno.openSync("/", { read: true }));
    return [fine(`There are descriptors for ${FEW_CONNECTIONS} connections and more.`)];
  } catch (error) {
    const left = Math.max(0, held.length - OWN_DESCRIPTORS);
    return [
      warning(
        `There are descriptors for ${left} connections only (${plainReason(error)}).`,
        `Raise the limit (LimitNOFILE=${needed} or more in the unit, ulimit -n in a shell).`,
      ),
    ];
  } finally {
    for (const file of held) file.close();
  }
}

export function checkDisk({ config: { dataDir } }: Patient): readonly Finding[] {
  const { fine, warning, wrong } = findingsOf("disk");
  const folder = existing(dataDir);
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  const message = `${formatSize(free)} are free where ${dataDir} is.`;
  const remedy = "Make room, move the data folder (--data-dir), or keep less with --retain.";
  if (free < NO_ROOM) return [wrong(message, remedy)];
  if (free < LITTLE_ROOM) return [warning(message, remedy)];
  // Some file systems do not count them.
  if (files > 0 && ffree < 1000) return [warning(`The disk of ${dataDir} has room for ${ffree} files only.`, remedy)];
  return [fine(message)];
}

export function checkClock(_: Patient): readonly Finding[] {
  const { fine, wrong } = findingsOf("clock");
  const now = new Date();
  if (now.getTime() >= EARLIEST) return [fine(`It is ${now.toISOString()}.`)];
  return [
    wrong(`The clock says ${now.toISOString()}, which is past.`, "Let it be set by NTP: timedatectl set-ntp true"),
  ];
}

/** The folder itself, or the one that it will be made in. */
function existing(folder: string): string {
  try {
    Deno.statSync(folder);
    return folder;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : existing(parent);
  }
}
