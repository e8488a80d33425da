/** A disk that is soon full: a file system in memory, of a few mebibytes, where the machine lets one be mounted. */

export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
}

/** Nothing where one cannot be mounted, for want of rights usually. */
export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  const folder = await Deno.makeTempDir({ prefix: "chat-test-disk-" });
  if (!await run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "none", folder)) {
    await Deno.remove(folder);
    return undefined;
  }
  return {
    folder,
    [Symbol.asyncDispose]: async () => {
      await run("umount", folder);
      await Deno.remove(folder);
    },
  };
}

async function run(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}
