/** Where and with what a run was made. */
import { program } from "../support/packages.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The load average of the minute before the run: above 0, others were at work, too. */
  readonly load: number;
}

export async function describeMachine(): Promise<Machine> {
  const cpuInfo = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const release = await Deno.readTextFile("/etc/os-release").catch(() => "");
  return {
    cpu: /^model name\s*: (.*)$/m.exec(cpuInfo)?.[1] ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    kernel: Deno.osRelease(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(release)?.[1] ?? Deno.build.os,
    versions: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      cc: await firstLine("cc", ["--version"]),
      ngircd: await firstLine("ngircd", ["--version"]),
      inspircd: await firstLine("inspircd", ["--version"]),
      mariadb: await firstLine("mariadbd", ["--version"]),
    },
    load: Deno.loadavg()[0] ?? NaN,
  };
}

async function firstLine(name: string, args: readonly string[]): Promise<string> {
  const path = await program(name);
  if (path === undefined) return "not installed";
  const { stdout } = await new Deno.Command(path, { args: [...args], stdin: "null", stderr: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n")[0]?.trim() ?? "";
}
