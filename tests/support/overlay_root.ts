/**
 * A Debian of a test's own: this machine's file system with a layer in memory over it, so that a package can be installed for
 * real (`dpkg`, its scripts, its user) and nothing of it is left on the machine.
 */
import { join } from "node:path";

export interface OverlayRoot extends AsyncDisposable {
  readonly folder: string;
  /** What a program in there is started with, as root or as somebody else. */
  command(args: readonly string[], options?: { readonly user?: string }): readonly [string, string[]];
  /** Runs a program in there to its end. */
  run(...args: readonly string[]): Promise<Outcome>;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENVIRONMENT = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

/** Says why where there can be none. */
export async function overlayRoot(): Promise<OverlayRoot | string> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "only root may mount one";
  const folder = await Deno.makeTempDir({ prefix: "chat-test-root-" });
  const root = join(folder, "root");
  const undo: (readonly string[])[] = [];
  const dispose = async () => {
    for (const args of undo.toReversed()) await execute("umount", args);
    await Deno.remove(folder, { recursive: true });
  };
  const mount = async (target: string, ...args: readonly string[]) => {
    const { code, stderr } = await execute("mount", [...args, target]);
    if (code !== 0) throw new Error(stderr.trim());
    undo.push([target]);
  };
  try {
    await mount(folder, "-t", "tmpfs", "none");
    for (const name of ["upper", "work", "root"]) await Deno.mkdir(join(folder, name));
    await mount(root, "-t", "overlay", "none", "-o", `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`);
    await mount(join(root, "proc"), "-t", "proc", "none");
    await mount(join(root, "dev"), "--rbind", "--make-rslave", "/dev");
    // Of the machine's own services nothing is seen, or the package would deal with those.
    await mount(join(root, "run"), "-t", "tmpfs", "none");
  } catch (error) {
    await dispose();
    return error instanceof Error ? error.message : String(error);
  }
  undo[undo.length - 2] = ["-R", join(root, "dev")];
  const command: OverlayRoot["command"] = (
    args,
    { user } = {},
  ) => ["chroot", [...(user === undefined ? [] : [`--userspec=${user}:${user}`]), root, ...args]];
  return {
    folder: root,
    command,
    run: (...args) => execute(...command(args)),
    [Symbol.asyncDispose]: dispose,
  };
}

async function execute(program: string, args: readonly string[]): Promise<Outcome> {
  const command = new Deno.Command(program, { args: [...args], clearEnv: true, env: ENVIRONMENT, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}
