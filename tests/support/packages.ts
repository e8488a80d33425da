/** Programs that a test needs and the system may lack: where they are, and how they are installed. */
import { join } from "node:path";

/** Where distributions put programs that an ordinary PATH may lack. */
const FOLDERS = ["/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin", "/usr/bin"];

/** The path of a program, on the PATH or where distributions put servers. */
export async function program(name: string): Promise<string | undefined> {
  for (const folder of [...(Deno.env.get("PATH") ?? "").split(":"), ...FOLDERS]) {
    const path = join(folder, name);
    const found = await Deno.stat(path).then((info) => info.isFile, () => false);
    if (folder !== "" && found) return path;
  }
  return undefined;
}

/** Installs Debian packages where that may be done; says why not. */
export async function install(packages: readonly string[]): Promise<{ readonly failure?: string }> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return { failure: "only root may install it" };
  if (await program("apt-get") === undefined) return { failure: "there is no apt-get to install it with" };
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", ...packages]]) {
    const { success, stderr } = await new Deno.Command("apt-get", { args, env, stdin: "null" }).output();
    if (success) continue;
    const lastLine = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    return { failure: `apt-get ${args[0]} failed: ${lastLine}` };
  }
  return {};
}
