import { UsageError } from "./failure.ts";

/** What a desktop would run rather than show. */
const PROGRAMS =
  /\.(desktop|sh|bash|exe|bat|cmd|com|msi|scr|app|command|jar|ps1|vbs|appimage|run|py|pl|js|html?|svg)$/i;

/** Opens a file with the program that the desktop has for it. Refuses what it might run: it came from somebody else. */
export async function openWithItsProgram(path: string): Promise<void> {
  if (PROGRAMS.test(path)) throw new UsageError(`Cannot open ${path}: it may be a program. It is kept there.`);
  const opener = Deno.build.os === "darwin" ? "open" : "xdg-open";
  try {
    new Deno.Command(opener, { args: [path], stdin: "null", stdout: "null", stderr: "null" }).spawn().unref();
    await Promise.resolve();
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? `there is no ${opener} here` : String(error);
    throw new UsageError(`Cannot open ${path}: ${why}.`);
  }
}
