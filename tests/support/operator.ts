/** The operator's commands, run as a process of its own on a server's data folder. */
import { SERVER_PERMISSIONS } from "../tools/permissions.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the rows of `--json`. */
  readonly rows: readonly Record<string, unknown>[];
}

export interface OperatorOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the shell does before, such as `ulimit -n 100`. */
  readonly before?: string;
}

/** Runs `chat-server` with these arguments and the permissions that it is compiled with. */
export async function operator(args: readonly string[], options: OperatorOptions = {}): Promise<Outcome> {
  const { env = {}, before = ":" } = options;
  const command = new Deno.Command("sh", {
    args: [
      "-c",
      `${before} && exec "$0" "$@"`,
      Deno.execPath(),
      "run",
      "--no-prompt",
      ...SERVER_PERMISSIONS,
      "server.ts",
      ...args,
    ],
    cwd: new URL("../..", import.meta.url),
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  return {
    code,
    stdout: text,
    stderr: new TextDecoder().decode(stderr),
    get rows() {
      return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    },
  };
}
