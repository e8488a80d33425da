/** Paths on this machine, as people write them. */
import { basename, dirname, join, resolve } from "node:path";
import { freePath } from "./free_path.ts";

/** A leading `~/` is the home folder, as in a shell. */
export function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(Deno.env.get("HOME") ?? "", path.slice(1)) : path;
}

/** What is in the folder of a path that is being written; folders end with a slash. Nothing when it cannot be read. */
export async function folderEntries(path: string): Promise<readonly string[]> {
  const folder = expandHome(path.slice(0, path.lastIndexOf("/") + 1)) || ".";
  try {
    const entries: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) entries.push(isDirectory ? `${name}/` : name);
    return entries;
  } catch {
    return [];
  }
}

/**
 * Where to save a file: under the given path, or under its own name in the given folder or in the current one. What is
 * there already is left alone: the file then gets a number behind its name.
 */
export async function savePlace(
  given: string | undefined,
  name: string,
): Promise<{ readonly folder: string; readonly path: () => string }> {
  const target = resolve(expandHome(given ?? "."));
  const isFolder = await Deno.stat(target).then(({ isDirectory }) => isDirectory, () => false);
  const folder = isFolder ? target : dirname(target);
  return { folder, path: () => freePath(join(folder, isFolder ? name : basename(target))) };
}
