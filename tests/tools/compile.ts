// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task compile`: builds the executables `dist/chat-server` and `dist/chat`.
 *
 * Each is whole in itself (runtime, program, npm packages), so that it runs alone in an empty folder. A compiled program
 * keeps the permissions that it was compiled with: those of `permissions.ts` are all that it can ever do. Types are not checked here:
 * `deno task ok` does that.
 */
import { findStub } from "./denort.ts";
import { CLIENT_PERMISSIONS, SERVER_PERMISSIONS } from "./permissions.ts";

interface Program {
  readonly name: string;
  readonly entry: string;
  /** Modules that are loaded by URL at run time, which no import leads to. */
  readonly workers: readonly string[];
  readonly permissions: readonly string[];
  /** Packages that it does not need, beside those of the tests. */
  readonly without: readonly string[];
  /** Flags of V8, compiled in. */
  readonly v8: readonly string[];
}

const PROGRAMS: readonly Program[] = [
  {
    name: "chat-server",
    entry: "server.ts",
    workers: ["lib/store/sqlite_worker.ts", "lib/store/password_worker.ts"],
    permissions: SERVER_PERMISSIONS,
    without: [],
    // MiB for what has just been made. V8 would take 16, which a burst of connections fills with what soon is gone: each
    // then seems to cost twice what it does.
    v8: ["--max-semi-space-size=4"],
  },
  {
    name: "chat",
    entry: "client.ts",
    workers: ["lib/client/picture_worker.ts"],
    permissions: CLIENT_PERMISSIONS,
    // The server makes certificates, and keeps a database.
    without: ["@peculiar+x509", "reflect-metadata", "mysql2"],
    // A room makes little at a time. With V8's own 16 MiB the older half grows along, to 50 MiB more after a busy day.
    v8: ["--max-semi-space-size=2"],
  },
];

/** Packages of the tests alone. All that is installed would be embedded otherwise. */
const LEFT_OUT = [
  "@lezer+common",
  "@lezer+highlight",
  "@lezer+lr",
  "@prometheus-io+lezer-promql",
  "@types+node",
  "@xterm+headless",
  "echarts",
  "fast-check",
  "pure-rand",
  // That of echarts; other versions belong to what makes certificates.
  "tslib@2.3.0",
  "undici-types",
  "zrender",
];

const root = new URL("../../", import.meta.url);

async function compile(program: Program, env: Record<string, string>): Promise<boolean> {
  const output = `dist/${program.name}`;
  const includes = program.workers.map((worker) => `--include=${worker}`);
  const excludes = await installedFolders([...LEFT_OUT, ...program.without]);
  // A missing permission must be an error: a program that serves or scripts has nobody to ask.
  const args = [
    "compile",
    "--quiet",
    "--frozen",
    "--no-check",
    "--no-prompt",
    ...program.permissions,
    ...(program.v8.length > 0 ? [`--v8-flags=${program.v8.join(",")}`] : []),
    ...includes,
    ...excludes,
  ];
  const command = { args: [...args, `--output=${output}`, program.entry], env, cwd: root };
  const { success } = await new Deno.Command(Deno.execPath(), command).spawn().status;
  if (success) console.log(`${output}  ${((await Deno.stat(new URL(output, root))).size / 1e6).toFixed(1)} MB`);
  return success;
}

/** Flags that leave packages out of the executable. */
async function installedFolders(names: readonly string[]): Promise<string[]> {
  const flags: string[] = [];
  for await (const { name } of Deno.readDir(new URL("node_modules/.deno/", root))) {
    // The package's own folder: links lead to it, and excluding only what holds it leaves those.
    const left = names.find((left) => left.includes("@", 1) ? name === left : name.startsWith(`${left}@`));
    if (left !== undefined) {
      flags.push(`--exclude=node_modules/.deno/${name}/node_modules/${left.replace(/(.)@.*/, "$1").replace("+", "/")}`);
    }
    // Test data of which the compiler's stack overflows.
    if (name.startsWith("bintrees@")) flags.push(`--exclude=node_modules/.deno/${name}/node_modules/bintrees/test`);
  }
  return flags;
}

const stub = await findStub();
if (stub.kind === "none") {
  console.error(`Cannot compile: ${stub.reason}`);
  Deno.exit(1);
}
const env: Record<string, string> = stub.kind === "file" ? { DENORT_BIN: stub.path } : {};
for (const program of PROGRAMS) {
  if (!await compile(program, env)) Deno.exit(1);
}
