/** Where this machine keeps what belongs to one person: readable by nobody else. */
import { join } from "node:path";

type Lookup = (name: string) => string | undefined;

/** By the XDG base directory specification. Undefined for somebody without a home. */
export function stateFolder(env: Lookup): string | undefined {
  return folder(env, "XDG_STATE_HOME", [".local", "state"]);
}

export function configFolder(env: Lookup): string | undefined {
  return folder(env, "XDG_CONFIG_HOME", [".config"]);
}

function folder(env: Lookup, variable: string, usual: readonly string[]): string | undefined {
  const given = env(variable), home = env("HOME");
  // A relative path there is to be ignored, says the specification.
  if (given?.startsWith("/")) return join(given, "chat");
  return home ? join(home, ...usual, "chat") : undefined;
}
