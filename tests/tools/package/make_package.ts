// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task package`: makes of the executables in `dist/` a Debian package, a tarball for everywhere else, and SHA256SUMS.
 *
 * The same sources make the same bytes: names are sorted, nobody owns anything, and every time is that of SOURCE_DATE_EPOCH
 * or of the last commit.
 */
import { join } from "node:path";
import { createHash } from "node:crypto";
import config from "../../../deno.json" with { type: "json" };
import { layOut } from "./debian.ts";
import { completions, manPages } from "./documents.ts";

const root = new URL("../../../", import.meta.url).pathname;
const dist = join(root, "dist");
const { version } = config;

/** Seconds since 1970-01-01 UTC. */
async function releaseTime(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given !== undefined) return Number(given);
  return Number(await output("git", ["log", "-1", "--format=%ct"]).catch(() => "0"));
}

async function output(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env, cwd: root, stdin: "null" }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

const epoch = await releaseTime();
const release = { version, date: new Date(epoch * 1000).toISOString().slice(0, 10) };
const work = await Deno.makeTempDir();
const made: string[] = [];
try {
  const name = `chat-room-${version}-linux-x64`;
  const folder = join(work, name);
  await Deno.mkdir(join(folder, "completions"), { recursive: true });
  await Deno.mkdir(join(folder, "image"));
  for (const program of ["chat", "chat-server"]) await Deno.copyFile(join(dist, program), join(folder, program));
  // What git knows, and not what a server has left there.
  for (const file of ["README.md", ...(await output("git", ["ls-files", "image"])).split("\n")]) {
    await Deno.copyFile(join(root, file), join(folder, file));
  }
  await Deno.copyFile(join(root, "lib/server/grafana.json"), join(folder, "grafana.json"));
  for (const { name, text } of manPages(release)) await Deno.writeTextFile(join(folder, name), text);
  for (const shell of ["bash", "zsh", "fish"] as const) {
    for (const { name, text } of completions(shell)) {
      await Deno.writeTextFile(join(folder, "completions", shell === "bash" ? `${name}.bash` : name), text);
    }
  }
  const tarball = `${name}.tar.gz`;
  const plain = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go+r-w", `--mtime=@${epoch}`];
  await output("tar", [...plain, "--use-compress-program=gzip -n -6", "-C", work, "-cf", join(dist, tarball), name]);
  made.push(tarball);

  if (await output("dpkg-deb", ["--version"]).then(() => true, () => false)) {
    const package_ = `chat-room_${version}_amd64.deb`;
    const layout = join(work, "deb");
    await layOut(layout, { dist, release });
    // Every dpkg can read it, and it is made in seconds.
    const args = ["--root-owner-group", "-Zgzip", "-z6", "--build", layout, join(dist, package_)];
    await output("dpkg-deb", args, { SOURCE_DATE_EPOCH: String(epoch) });
    made.push(package_);
  } else console.log("skipped: the Debian package, for want of dpkg-deb");
} finally {
  await Deno.remove(work, { recursive: true });
}

const sums: string[] = [];
for (const name of ["chat", "chat-server", ...made].sort()) {
  const file = await Deno.readFile(join(dist, name));
  sums.push(`${createHash("sha256").update(file).digest("hex")}  ${name}`);
  console.log(`dist/${name}  ${(file.length / 1e6).toFixed(1)} MB`);
}
await Deno.writeTextFile(join(dist, "SHA256SUMS"), sums.join("\n") + "\n");
