/** A subcommand of the server's program as a process, as an operator runs it. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `chat-server ARGS` to its end. */
export async function chatServer(...args: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "server.ts", ...args],
    cwd: new URL("../..", import.meta.url),
    env: { TZ: "UTC" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
