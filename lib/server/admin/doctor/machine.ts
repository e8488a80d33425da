/** What the machine gives the server: descriptors, room on the disk, the time. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { formatSize } from "../../../files/size.ts";
import { LITTLE_ROOM } from "../../disk.ts";
import { type Finding, findingsOf, type Patient } from "./finding.ts";

/** For files, the database, workers and listening sockets. */
const OWN_DESCRIPTORS = 256;
/** Bytes. */
const NO_ROOM = 100 * 2 ** 20;
/** Nothing of this program is older: a clock that says so is wrong. */
const EARLIEST = Date.UTC(2025, 0, 1);

/** Opens as many as will be needed: limits of the shell, the unit and the system all count, and this meets them all. */
export function checkDescriptors({ config: { maxConnections } }: Patient): readonly Finding[] {
  const { fine, warning } = findingsOf("descriptors");
  const needed = maxConnections + OWN_DESCRIPTORS;
  const held: Deno.FsFile[] = [];
  try {
    while (held.length < needed) held.push(Deno.openSync("/", { read: true }));
    return [fine(`There are descriptors for the ${maxConnections} connections of --max-connections.`)];
  } catch {
    const left = Math.max(0, held.length - OWN_DESCRIPTORS);
    return [
      warning(
        `There are descriptors for ${left} connections, and --max-connections allows ${maxConnections}.`,
        `Raise the limit (LimitNOFILE=${needed} in the unit, ulimit -n in a shell), or allow fewer connections.`,
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
