/** The data folder and what is in it: there, ours to write, and nobody else's to read. */
import { dirname, join } from "node:path";
import { type Finding, findingsOf, type Patient, plainReason } from "./finding.ts";

const { fine, warning, wrong } = findingsOf("folders");

/** Others may not even look; write is worse than read. */
const READ = 0o055, WRITE = 0o022;

export function checkFolders({ config }: Patient): readonly Finding[] {
  const { dataDir } = config;
  const folder = modeOf(dataDir);
  if (folder === undefined) return [beforeFirstStart(dataDir)];
  const findings = [
    ...writable(dataDir),
    ...(folder & WRITE
      ? [wrong(`Other users may change what is in ${dataDir} (mode ${octal(folder)}).`, `chmod go-w ${dataDir}`)]
      : folder & READ
      ? [
        warning(
          `Other users may list ${dataDir} (mode ${octal(folder)}).`,
          `chmod 700 ${dataDir}, unless it holds other things`,
        ),
      ]
      : []),
    ...privateParts(config).flatMap(privately),
  ];
  return findings.length > 0 ? findings : [fine(`${dataDir} is ours to write and nobody else's to read.`)];
}

/** What the server makes for its own eyes. */
function privateParts({ dataDir, database }: Patient["config"]): readonly string[] {
  const file = /^sqlite:(.+)$/s.exec(database)?.[1];
  return [
    join(dataDir, "image"),
    join(dataDir, "file"),
    join(dataDir, "tls"),
    ...(file === undefined ? [] : [file, `${file}-wal`]),
  ];
}

function privately(path: string): readonly Finding[] {
  const mode = modeOf(path);
  if (mode === undefined || (mode & 0o077) === 0) return [];
  return [wrong(`Other users may get at ${path} (mode ${octal(mode)}).`, `chmod -R go= ${path}`)];
}

function beforeFirstStart(dataDir: string): Finding {
  let parent = dirname(dataDir);
  while (modeOf(parent) === undefined && dirname(parent) !== parent) parent = dirname(parent);
  const [trouble] = writable(parent);
  return trouble ?? fine(`${dataDir} is made at the first start.`);
}

/** Tries it, since modes and owners are not all that may forbid it. */
function writable(folder: string): readonly Finding[] {
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".doctor-" }));
    return [];
  } catch (error) {
    return [
      wrong(
        `Nothing can be written to ${folder}: ${plainReason(error)}.`,
        "Give the folder to the user that runs the server (chown), or name another with --data-dir.",
      ),
    ];
  }
}

/** Nothing where there is no such file, or where it cannot be seen. */
function modeOf(path: string): number | undefined {
  try {
    return (Deno.statSync(path).mode ?? 0) & 0o777;
  } catch {
    return undefined;
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
