/** The programs in C: compiled into a temporary folder by whatever `cc` is. */
import { join } from "node:path";
import { install, program } from "../support/packages.ts";

const here = new URL("./", import.meta.url).pathname;

export interface Native extends AsyncDisposable {
  /** The load generator, load.c. */
  readonly load: string;
  /** The practical limit, reference.c. */
  readonly reference: string;
  /** Why the generator speaks no TLS; nothing when it does. */
  readonly withoutTls: string | undefined;
}

export type Compiler = { readonly path: string } | { readonly missing: string };

/** The C compiler of this machine as it is. */
export async function findCompiler(): Promise<Compiler> {
  const path = await program("cc");
  return path === undefined ? { missing: "there is no C compiler (cc)" } : { path };
}

/** The C compiler, installed where it is missing and that may be done. */
export async function ensureCompiler(): Promise<Compiler> {
  const found = await findCompiler();
  if ("path" in found) return found;
  const { failure } = await install(["gcc", "libc6-dev"]);
  return failure === undefined ? await findCompiler() : { missing: `${found.missing}: ${failure}` };
}

/** Whether OpenSSL can be compiled against; installed where it is missing and that may be done. Says why not. */
export async function ensureOpenSsl(compiler: string): Promise<string | undefined> {
  if (await hasOpenSsl(compiler)) return undefined;
  const { failure } = await install(["libssl-dev"]);
  return failure ?? (await hasOpenSsl(compiler) ? undefined : "the compiler does not find OpenSSL's headers");
}

async function hasOpenSsl(compiler: string): Promise<boolean> {
  const args = ["-E", "-include", "openssl/ssl.h", "-x", "c", "/dev/null"];
  return (await new Deno.Command(compiler, { args, stdin: "null" }).output()).success;
}

/** Compiles both programs. Throws with the compiler's words when one is wrong. */
export async function compileNative(compiler: string): Promise<Native> {
  const withoutTls = await ensureOpenSsl(compiler);
  const folder = await Deno.makeTempDir({ prefix: "chat-bench-native-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  const parts = (await Array.fromAsync(Deno.readDir(join(here, "load")))).map(({ name }) => join(here, "load", name));
  const native = {
    load: join(folder, "load"),
    reference: join(folder, "reference"),
    withoutTls,
    [Symbol.asyncDispose]: remove,
  };
  try {
    const libraries = withoutTls === undefined ? ["-lssl", "-lcrypto"] : [];
    const sources = [join(here, "load.c"), ...parts.filter((part) => part.endsWith(".c"))];
    await compile(compiler, native.load, [...sources, ...libraries]);
    await compile(compiler, native.reference, [join(here, "reference.c")]);
  } catch (error) {
    await remove();
    throw error;
  }
  return native;
}

async function compile(compiler: string, output: string, sources: readonly string[]): Promise<void> {
  const args = ["-O2", "-o", output, ...sources];
  const { success, stderr } = await new Deno.Command(compiler, { args, stdin: "null" }).output();
  if (!success) throw new Error(`Cannot compile ${output}:\n${new TextDecoder().decode(stderr)}`);
}
