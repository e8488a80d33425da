/** A server that was installed as a package, started as its unit says but without systemd. */
import { eachLine } from "./lines.ts";
import { parseUnit } from "./unit_file.ts";
import type { OverlayRoot } from "./overlay_root.ts";
import { within } from "./within.ts";

const UNIT = "/usr/lib/systemd/system/chat-room.service";

export interface InstalledServer extends AsyncDisposable {
  readonly pid: number;
  /** The line that it printed when it was there: `listening on …`. */
  readonly said: string;
  /** SHA-256 of its certificate, which it prints next. */
  readonly fingerprint: string;
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
  const listening = Promise.withResolvers<string>(), certified = Promise.withResolvers<string>();
  const reading = eachLine(child.stdout, (line) => {
    if (line.startsWith("listening on ")) listening.resolve(line);
    const [, fingerprint] = /^certificate ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/.exec(line) ?? [];
    if (fingerprint !== undefined) certified.resolve(fingerprint);
  });
  const said = await within(listening.promise, "the installed server to listen");
  const fingerprint = await within(certified.promise, "the installed server's certificate");
  let stopped: Promise<number> | undefined;
  const stop = async () => {
    child.kill("SIGTERM");
    const { code } = await child.status;
    await reading;
    return code;
  };
  return {
    pid: child.pid,
    said,
    fingerprint,
    stop: () => stopped ??= stop(),
    [Symbol.asyncDispose]: async () => {
      await (stopped ??= stop());
    },
  };
}
