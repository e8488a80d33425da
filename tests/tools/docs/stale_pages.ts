/** Which pages do not say what the code says, and what they should say. */
import { join } from "node:path";
import { between } from "../marked.ts";
import { generatedParts } from "./parts.ts";

const root = new URL("../../../", import.meta.url).pathname;

export interface Page {
  readonly page: string;
  readonly text: string;
}

export async function stalePages(): Promise<readonly Page[]> {
  const stale: Page[] = [];
  for (const [page, parts] of Map.groupBy(generatedParts(), ({ page }) => page)) {
    const before = await Deno.readTextFile(join(root, page));
    const text = await formatted(parts.reduce(between, before));
    if (text !== before) stale.push({ page, text });
  }
  return stale;
}

/** As the formatter leaves it, which the gate asks for. */
async function formatted(text: string): Promise<string> {
  const args = ["fmt", "--ext=md", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format a page");
  return new TextDecoder().decode(stdout);
}
