/** A server that was installed as a package, started as its unit says but without systemd. */
import assert from "node:assert/strict";
import { parseUnit } from "./unit_file.ts";
import type { OverlayRoot } from "./overlay_root.ts";

const UNIT = "/usr/lib/systemd/system/chat-room.service";

export interface InstalledServer extends AsyncDisposable {
  readonly pid: number;
  /** The line that it printed when it was there: `listening on …`. */
  readonly said: string;
  /** SIGTERM; the exit code. */
  stop(): Promise<number>;
}

/** Starts ExecStart as User. */
export async function startInstalled(root: OverlayRoot): Promise<InstalledServer> {
  const unit = parseUnit(await Deno.readTextFile(root.folder + UNIT));
  const [user = "", start = ""] = ["User", "ExecStart"].map((key) => unit.get(key)?.[0]);
  const [program, args] = root.command(start.split(" "), { user });
  const child = new Deno.Command(program, { args, clearEnv: true, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  assert.match(value, /^listening on /);
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    child.kill("SIGTERM");
    const { code } = await child.status;
    await reader.cancel();
    return code;
  };
  return {
    pid: child.pid,
    said: value.trim(),
    stop: () => stopped ??= stop(),
    [Symbol.asyncDispose]: async () => {
      await (stopped ??= stop());
    },
  };
}
